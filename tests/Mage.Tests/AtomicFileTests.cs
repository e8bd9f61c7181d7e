using Xunit;

namespace Mage.Tests;

public class AtomicFileTests
{
    [Fact]
    public void AFileIsReplacedWholeOrNotAtAll()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["x"], "old");
        Assert.Throws<InvalidDataException>(() => AtomicFile.Write(folder["x"], stream =>
        {
            stream.WriteByte(1);
            throw new InvalidDataException();
        }));
        Assert.Equal("old", File.ReadAllText(folder["x"]));
        AtomicFile.WriteText(folder["x"], "new");
        Assert.Equal("new", File.ReadAllText(folder["x"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }
}
