using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace MageDsl.Tests.Devices;

/// <summary>Library, model and command reach elements by copies and kernels alone, so that they run where the host cannot address memory.</summary>
public partial class HostAccessTests
{
    [Theory]
    [InlineData("src/Dsl")]
    [InlineData("src/Mage")]
    [InlineData("src/Cli")]
    public void Nothing_takes_the_memory_of_a_tensor_for_the_hosts(string folder)
    {
        var files = Directory.GetFiles(Path.Combine(Root(), folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin")).ToArray();
        Assert.NotEmpty(files);
        Assert.Empty(
            from file in files
            from access in Access().Matches(File.ReadAllText(file))
            select $"{Path.GetRelativePath(Root(), file)}: {access.Value}");
    }

    /// <summary>What asks a tensor for a span or a pointer.</summary>
    [GeneratedRegex(@"\.(Span|WritableSpan|Pointer)<\w+>\(|\.As(Writable)?TensorSpan\(")]
    private static partial Regex Access();

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}
