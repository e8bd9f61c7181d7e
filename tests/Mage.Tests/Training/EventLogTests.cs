using Mage.Images;
using Mage.Training.TensorBoard;

namespace Mage.Tests.Training;

/// <summary>Files for TensorBoard, read back by <see cref="EventReader"/>.</summary>
public class EventLogTests
{
    /// <summary>The check value of CRC-32C, and that of 32 zeros from RFC 3720, appendix B.4: the reader itself is right.</summary>
    [Fact]
    public void TheReadersChecksumIsThatOfTheStandard()
    {
        Assert.Equal(0xE3069283u, EventReader.Crc32C("123456789"u8));
        Assert.Equal(0x8A9136AAu, EventReader.Crc32C(new byte[32]));
    }

    [Fact]
    public void NumbersAndPicturesAreReadBack()
    {
        using var folder = new TemporaryFolder();
        var picture = new PixelImage(5, 3, 3, [.. Enumerable.Range(0, 45).Select(i => (byte)(5 * i))]);
        using (var log = EventLog.Open(folder["mage"], step: 0))
        {
            log.Scalars(1, [("loss", 2.5), ("learning_rate", 1e-3)]);
            log.Picture(300, "samples", picture);
            log.Scalars(1_000_000, [("loss", -0.5)]);
        }

        var file = Assert.Single(Directory.GetFiles(folder["mage"]));
        Assert.StartsWith("events.out.tfevents.", Path.GetFileName(file), StringComparison.Ordinal);
        var events = EventReader.Read(file);
        Assert.Equal(5, events.Count);
        Assert.Equal("brain.Event:2", events[0].Version);
        Assert.True(events[1] is { IsStart: true, Step: 1 });
        Assert.Equal(1, events[2].Step);
        Assert.Equal(2.5f, events[2].Scalars["loss"]);
        Assert.Equal(1e-3f, events[2].Scalars["learning_rate"]);
        Assert.Equal(1_000_000, events[4].Step);
        Assert.Equal(-0.5f, events[4].Scalars["loss"]);
        var found = events[3].Pictures["samples"];
        Assert.Equal((300L, 3L, 5L, 3L), (events[3].Step, found.Height, found.Width, found.Colors));
        Assert.Equal(picture.Pixels, ImageReader.Decode(found.Png).Pixels);
        Assert.All(events, one => Assert.InRange(one.Time, 1.6e9, 1e10));
    }

    /// <summary>A file beside the first, later by its name, which says that steps after those done are void.</summary>
    [Fact]
    public void ARunThatGoesOnBeginsAnotherFile()
    {
        using var folder = new TemporaryFolder();
        using (var log = EventLog.Open(folder.Path, 0))
        {
            log.Scalars(7, [("loss", 1)]);
        }

        var first = Assert.Single(Directory.GetFiles(folder.Path));
        var bytes = File.ReadAllBytes(first);
        EventLog.Open(folder.Path, 5).Dispose();
        EventLog.Open(folder.Path, 6).Dispose();
        var files = Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(3, files.Length);
        Assert.Equal(first, files[0]);
        Assert.Equal(bytes, File.ReadAllBytes(first));
        Assert.True(EventReader.Read(files[1])[1] is { IsStart: true, Step: 6 });
        Assert.True(EventReader.Read(files[2])[1] is { IsStart: true, Step: 7 });
    }

    [Fact]
    public void AFolderThatCannotBeIsNamed()
    {
        using var folder = new TemporaryFolder();
        folder.Write("mage", [1]);
        var error = Assert.Throws<UserErrorException>(() => EventLog.Open(folder["mage"], 0));
        Assert.Contains("cannot write events for TensorBoard", error.Message);
        Assert.Contains(folder["mage"], error.Message);
    }
}
