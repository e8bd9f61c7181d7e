using System.Text.Json;
using Mage.Checkpoints;
using Mage.Checkpoints.Stored;
using Mage.Config;
using Mage.Model;
using Mage.Tests.Golden;
using Mage.Tests.Training;
using Mage.Tokenizer;
using MageDsl;

namespace Mage.Tests.Checkpoints;

/// <summary>
/// Models of the full size from files with the official keys and shapes (golden set H). The files are small: a tensor repeats one number, that
/// tells which tensor it is.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class FullSizeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_VQGAN_loads()
    {
        var run = Presets.Get("vit-b");
        using var model = new VectorQuantizedAutoencoder(run.Tokenizer, run.Data.Channels, Initializer.ForLoading());
        AssertLoads("vqgan", model, "");

        // Out of a MAGE file, too.
        AssertLoads("vqgan", model, "vqgan.");
    }

    [Theory]
    [InlineData("vit-b", "mage_vit_base_patch16")]
    [InlineData("vit-l", "mage_vit_large_patch16")]
    public void MAGE_loads(string preset, string official)
    {
        using var model = MaskedGenerativeEncoder.Create(Presets.Get(preset), Initializer.ForLoading());
        AssertLoads(official, model, "");
    }

    [Theory]
    [InlineData("vit-b", "mage_vit_base_patch16")]
    [InlineData("vit-l", "mage_vit_large_patch16")]
    public void Settings_follow_from_the_shapes(string preset, string official)
    {
        var carried = Official("vqgan").Select(key => key with { Key = $"vqgan.{key.Key}" });
        using var file = WeightFile.Open(Write([.. Official(official), .. carried]));
        var found = ModelSizes.Infer(
            WeightPart.Select("file", file.Tensors, "tokenizer"), WeightPart.Select("file", file.Tensors, "mage"), default);
        Assert.Equal(RunConfigJson.ToJson(Presets.Get(preset)), RunConfigJson.ToJson(found));
    }

    private void AssertLoads(string official, Module model, string prefix)
    {
        var keys = Official(official);
        Assert.Empty(ModelFile.Load(Write([.. keys.Select(key => key with { Key = prefix + key.Key })]), model));
        var state = model.StateDict();
        Assert.Equal(keys.Select(key => key.Key).Order(StringComparer.Ordinal), state.Keys.Order(StringComparer.Ordinal));
        var one = new float[1];
        foreach (var (i, (key, shape, isIds)) in keys.Index())
        {
            Assert.Equal(shape, state[key].Shape.ToArray());
            foreach (var place in isIds ? [] : (long[])[0, state[key].Count / 2, state[key].Count - 1])
            {
                state[key].Read(one.AsSpan(), place);
                Assert.Equal(i + 1, one[0]);
            }

            Assert.True(!isIds || state[key].ToArray<int>().SequenceEqual(Enumerable.Range(0, 257)));
        }
    }

    /// <summary>A file of the official layout, in which tensor number i repeats the number i + 1.</summary>
    private string Write(OfficialKey[] keys)
    {
        var builder = new PickleBuilder().Code("}(").Text("model").BeginItems();
        foreach (var (i, (key, shape, isIds)) in keys.Index())
        {
            builder.Text(key);
            _ = isIds
                ? builder.Tensor("LongStorage", "ids", shape[^1], 0, shape, [shape[^1], 1])
                : builder.Tensor("FloatStorage", "numbers", keys.Length, i, shape, new long[shape.Length]);
        }

        builder.EndItems().Text("epoch").Whole(1599).Code("u");
        return folder.Write("official.pth", PickleBuilder.Archive(builder.End(), new Dictionary<string, byte[]>
        {
            ["ids"] = [.. Enumerable.Range(0, 257).SelectMany(id => BitConverter.GetBytes((long)id))],
            ["numbers"] = PickleBuilder.Bytes([.. Enumerable.Range(1, keys.Length).Select(number => (float)number)]),
        }));
    }

    private static OfficialKey[] Official(string name)
    {
        using var file = File.OpenRead(Path.Combine(GoldenFile.Folder, "official_keys.json"));
        var keys = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, int[]>>>(file)![name];
        return [.. keys.Select(pair => new OfficialKey(pair.Key, pair.Value, pair.Key == "token_emb.position_ids"))];
    }

    private readonly record struct OfficialKey(string Key, int[] Shape, bool IsIds);
}
