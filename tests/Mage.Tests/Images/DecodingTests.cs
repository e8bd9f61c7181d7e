using System.Text.Json.Nodes;
using Mage.Images;
using Xunit;

namespace Mage.Tests.Images;

/// <summary>Pictures are read to the same bits as PIL reads them, JPEG and lossy WebP included; cameras' notes on orientation are followed.</summary>
public class DecodingTests
{
    private static readonly JsonArray Files = RecordedPictures.Open("decoding.json")["files"]!.AsArray();

    public static TheoryData<string> Names => [.. Files.Select(file => file!["name"]!.GetValue<string>())];

    [Theory]
    [MemberData(nameof(Names))]
    public void ItIsReadAsPilReadsIt(string name)
    {
        var file = Files.Single(file => file!["name"]!.GetValue<string>() == name)!;
        var (expected, image) = (RecordedPictures.Picture(file["expected"]), ImageReader.Decode(RecordedPictures.Bytes(file["file"])));
        Assert.Equal((expected.Width, expected.Height, expected.Channels), (image.Width, image.Height, image.Channels));
        Assert.Equal(expected.Pixels, image.Pixels);
    }
}
