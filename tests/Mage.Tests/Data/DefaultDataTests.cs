using Mage.Data;
using Xunit;

namespace Mage.Tests.Data;

public class DefaultDataTests
{
    [Fact]
    public void TheSampleIsFoundFromAnyFolderBelow()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["data", "fashion-mnist"]);
        var below = Directory.CreateDirectory(folder["a", "b", "c"]).FullName;
        Assert.Equal(folder["data", "fashion-mnist"], DefaultData.FindFrom(below));
        Assert.Equal(folder["data", "fashion-mnist"], DefaultData.FindFrom(folder.Path));
    }

    [Fact]
    public void ThereMayBeNone()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(DefaultData.FindFrom(folder.Path));
    }
}
