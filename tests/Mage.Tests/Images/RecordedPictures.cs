using System.Text.Json.Nodes;
using Mage.Images;

namespace Mage.Tests.Images;

/// <summary>What PIL made of small pictures; record.py beside the files says how.</summary>
internal static class RecordedPictures
{
    public static JsonNode Open(string name) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Images", "recorded", name)))!;

    public static PixelImage Picture(JsonNode? node) => new(
        node!["width"]!.GetValue<int>(), node["height"]!.GetValue<int>(), node["channels"]!.GetValue<int>(), Bytes(node["pixels"]));

    public static byte[] Bytes(JsonNode? node) => Convert.FromBase64String(node!.GetValue<string>());
}
