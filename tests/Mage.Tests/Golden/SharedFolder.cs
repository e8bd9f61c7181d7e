using System.Runtime.CompilerServices;

namespace Mage.Tests.Golden;

/// <summary>Reference files that are too large for the repository; they lie beside it where it is developed.</summary>
internal static class SharedFolder
{
    /// <summary>A file, or the end of the test where there is none.</summary>
    public static string Find(string name)
    {
        var path = Path.Combine(Root(), "..", "shared", "golden", name);
        Assert.SkipUnless(File.Exists(path), $"'{Path.GetFullPath(path)}' is not here");
        return path;
    }

    private static string Root([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "..");
}
