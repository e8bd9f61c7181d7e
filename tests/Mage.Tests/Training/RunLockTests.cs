using System.Diagnostics;
using Mage.Training;
using Xunit;

namespace Mage.Tests.Training;

public sealed class RunLockTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();
    private readonly RunFolder folder;

    public RunLockTests() => folder = RunFolder.Create(temporary["run"]);

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void AFolderIsTakenOnceAndFreeAfterwards()
    {
        using (RunLock.Take(folder))
        {
            Refused($"in use by process {Environment.ProcessId} on host {Environment.MachineName}");
            Assert.Equal($"process {Environment.ProcessId} on host {Environment.MachineName}", RunLock.Holder(folder));
        }

        Assert.Null(RunLock.Holder(folder));
        RunLock.Take(folder).Dispose();
        folder.RequireEmpty();
    }

    [Fact]
    public void OfManyThatTryAtOnceOneHasIt()
    {
        for (var round = 0; round < 20; round++)
        {
            var taken = new System.Collections.Concurrent.ConcurrentBag<RunLock>();
            Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
            {
                try
                {
                    taken.Add(RunLock.Take(folder));
                }
                catch (UserErrorException)
                {
                }
            });
            Assert.Single(taken).Dispose();
        }
    }

    [Fact]
    public void WhatADeadProcessLeftIsClearedAway()
    {
        (RunHolder.Current with { Started = "1" }).Write(folder.Holder); // its id has been given again
        temporary.Write(Path.Combine("run", "mage.checkpoint.safetensors.12-0123abcd.part"), [1]);
        temporary.Write(Path.Combine("run", "generated.png.12-0123abcd.part"), [1]); // another command may be writing it
        RunLock.Take(folder).Dispose();
        Assert.Equal([".lock", "generated.png.12-0123abcd.part"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void ALivingProcessHasItEvenIfTheLockIsGone()
    {
        using var lives = Process.Start("sleep", ["60"]);
        var start = File.ReadAllText($"/proc/{lives.Id}/stat").Split(' ')[21];
        (RunHolder.Current with { Process = lives.Id, Started = start }).Write(folder.Holder);
        Refused($"in use by process {lives.Id}");
        lives.Kill();

        // Dead: nobody has asked for its end yet, or the runtime has just done so.
        SpinWait.SpinUntil(() => !File.Exists($"/proc/{lives.Id}/stat") || Stat().Contains(") Z"), TimeSpan.FromSeconds(5));
        RunLock.Take(folder).Dispose();

        string Stat()
        {
            try
            {
                return File.ReadAllText($"/proc/{lives.Id}/stat");
            }
            catch (IOException)
            {
                return "";
            }
        }
    }

    [Fact]
    public void WhereTheSystemKeepsLocksAHolderElsewhereIsGoneWithItsLock()
    {
        (RunHolder.Current with { Host = "another", Boot = "then" }).Write(folder.Holder);
        Assert.Equal($"process {Environment.ProcessId} on host another", RunLock.Holder(folder));
        RunLock.Take(folder).Dispose();
        (RunHolder.Current with { Boot = "before it was started again" }).Write(folder.Holder);
        Assert.Null(RunLock.Holder(folder));
    }

    [Fact]
    public void AFolderThatCannotBeWrittenToIsRefused()
    {
        Directory.CreateDirectory(folder.Holder);
        Refused("cannot write");
        Directory.Delete(folder.Holder);
        Directory.CreateDirectory(Path.Combine(folder.Path, "x"));
        File.Delete(folder.Lock);
        Directory.CreateDirectory(folder.Lock);
        Refused("cannot write to the run folder");
    }

    private void Refused(string because)
    {
        var message = Assert.Throws<UserErrorException>(() => RunLock.Take(folder)).Message;
        Assert.Contains(because, message);
        Assert.Contains(folder.Path, message);
    }
}
