using MageDsl;
using Xunit.Sdk;

namespace Mage.Tests.Fuzz;

/// <summary>
/// Files with something wrong in them are refused in one line or read, and nothing else happens: no crash, no wait without end, no large
/// allocation, no file lost. <c>MAGEDSL_FUZZ</c> says how many cases (1000), <c>MAGEDSL_FUZZ_FILE_SEED</c> the first of them (1).
/// </summary>
public class FileFuzzTests
{
    // It ends a test that would wait for ever; a case takes milliseconds.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Damaged_files_are_refused_and_no_more_happens()
    {
        var (count, first) = (Setting("MAGEDSL_FUZZ", 1000), Setting("MAGEDSL_FUZZ_FILE_SEED", 1));
        using var folder = new FuzzFolder();
        for (var seed = first; seed < first + count; seed++)
        {
            var subject = FuzzSubject.All[seed % FuzzSubject.All.Count];
            var work = Task.Run(() => Run(subject, seed, folder));
            if (await Task.WhenAny(work, Task.Delay(Patience)) != work)
            {
                throw new XunitException($"the case {seed} ({subject.Name}) does not end");
            }

            await work;
        }

        // Changes that are never refused, or always, would look at nothing.
        Assert.InRange(folder.Counts.Refused, count / 10, int.MaxValue);
        Assert.InRange(folder.Counts.Done, count / 20, int.MaxValue);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{count} files from seed {first}: {folder.Counts.Done} uses done, {folder.Counts.Refused} refused");
    }

    [Fact]
    public void Files_with_nothing_wrong_are_read()
    {
        using var folder = new FuzzFolder();
        foreach (var subject in FuzzSubject.All)
        {
            foreach (var sample in subject.Samples)
            {
                File.WriteAllBytes(folder[subject.Name], sample);
                var before = folder.Counts;
                subject.Use(folder[subject.Name], folder);

                // Weights of something else do not fit the model; all other uses are done.
                Assert.InRange(folder.Counts.Refused - before.Refused, 0, 1);
                Assert.True(folder.Counts.Done > before.Done, subject.Name);
            }
        }
    }

    private static void Run(FuzzSubject subject, int seed, FuzzFolder folder)
    {
        var random = new Random(seed);
        var bytes = Mutations.Of(subject.Samples[random.Next(subject.Samples.Count)], random);
        try
        {
            using var scope = new TensorScope();
            File.WriteAllBytes(folder[subject.Name], bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            subject.Use(folder[subject.Name], folder);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= subject.MostBytes, $"{allocated} bytes were allocated");
        }
        catch (Exception e)
        {
            throw new XunitException($"the case {seed} ({subject.Name}, {bytes.Length} bytes): {e}");
        }
    }

    private static int Setting(string name, int standard) => int.TryParse(Environment.GetEnvironmentVariable(name), out var value) ? value : standard;
}
