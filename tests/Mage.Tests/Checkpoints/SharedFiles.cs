namespace Mage.Tests.Checkpoints;

/// <summary>Files that lie beside a checkout and not in it, because they are large.</summary>
internal static class SharedFiles
{
    /// <summary>A file of <c>../shared/golden</c>; where there is none the test is skipped.</summary>
    public static string Golden(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MageDsl.sln")))
            {
                var path = Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "golden", name));
                Assert.SkipUnless(File.Exists(path), $"there is no '{path}', a file that is too large for the repository");
                return path;
            }
        }

        throw new InvalidOperationException("the tests do not lie in a checkout");
    }
}
