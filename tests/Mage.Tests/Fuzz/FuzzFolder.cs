namespace Mage.Tests.Fuzz;

/// <summary>Where a case lies, and a file beside it that must not be lost.</summary>
internal sealed class FuzzFolder : IDisposable
{
    private static readonly byte[] Before = "what was there before"u8.ToArray();

    private readonly TemporaryFolder folder = new();

    /// <summary>The file that some uses write over.</summary>
    public string Existing => folder["existing.safetensors"];

    /// <summary>How often something was done, and how often it was refused.</summary>
    public (int Done, int Refused) Counts { get; private set; }

    /// <summary>Where a file of this name lies.</summary>
    public string this[string name] => folder[name];

    /// <summary>Writes a file that a use needs beside the case.</summary>
    public void Write(string name, byte[] content) => folder.Write(name, content);

    /// <summary>Does something that may refuse its file; then it has touched no other.</summary>
    public void Try(Action work)
    {
        File.WriteAllBytes(Existing, Before);
        try
        {
            work();
            Counts = Counts with { Done = Counts.Done + 1 };
        }
        catch (UserErrorException e)
        {
            Counts = Counts with { Refused = Counts.Refused + 1 };
            Assert.Single(e.Message.Split('\n'));
            Assert.Equal(Before, File.ReadAllBytes(Existing));
        }

        Assert.DoesNotContain(Directory.EnumerateFiles(folder.Path), path => path.EndsWith(".part", StringComparison.Ordinal));
    }

    public void Dispose() => folder.Dispose();
}
