using System.IO.Compression;
using Mage.Checkpoints;
using Mage.Config;
using Mage.Model;
using Mage.Tests.Training;
using Mage.Tokenizer;
using MageDsl;

namespace Mage.Tests.Checkpoints;

/// <summary>Where weights are looked for in a file, and files that are refused.</summary>
public sealed class WeightFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("model")]
    [InlineData("state_dict")]
    [InlineData("model_state")]
    public void Weights_lie_at_the_top_or_under_a_name(string? name)
    {
        var builder = name is null ? new PickleBuilder() : new PickleBuilder().Code("}(").Text("epoch").Whole(3).Text(name);
        builder.BeginItems().Text("module.a").Floats("0", 2).Text("module.b.c").Floats("1", 1, 2).EndItems();
        var path = Write((name is null ? builder : builder.Code("u")).End(), PickleBuilder.Bytes(1, 2), PickleBuilder.Bytes(3, 4));
        using var scope = new TensorScope();
        var found = ModelFile.Read(path).Tensors;
        Assert.Equal(["a", "b.c"], found.Keys);
        Assert.Equal([3f, 4f], found["b.c"].ToArray<float>());
    }

    [Fact]
    public void A_prefix_that_only_some_keys_have_stays()
    {
        var pickle = new PickleBuilder().BeginItems().Text("module.a").Floats("0", 1).Text("b").Floats("0", 1).EndItems().End();
        var path = Write(pickle, PickleBuilder.Bytes(1));
        Assert.Equal(["module.a", "b"], CheckpointReport.Read(path).Rows.Select(row => row.Key));
    }

    [Fact]
    public void A_file_that_is_called_otherwise_is_what_it_holds()
    {
        using var model = Tokenizer(1);
        ModelFile.Save(folder["weights.pth"], model);
        using var loaded = Tokenizer(2);
        Assert.Empty(ModelFile.Load(folder["weights.pth"], loaded));
        Assert.Equal(TinyRuns.Weights(model), TinyRuns.Weights(loaded));
    }

    [Fact]
    public void What_the_loss_of_a_tokenizer_needed_is_left_aside_and_can_be_taken_out()
    {
        using var model = Tokenizer(1);
        var (one, two) = (Tensor.From([1f, 2f], 2, 1), Tensor.From([5f]));
        Safetensors.Write(
            folder["all.safetensors"],
            [.. model.StateDict(), new("loss.discriminator.main.0.weight", one), new("loss.perceptual_loss.lin0.weight", two)]);
        using var loaded = Tokenizer(2);
        ModelFile.Load(folder["all.safetensors"], loaded);
        Assert.Equal(TinyRuns.Weights(model), TinyRuns.Weights(loaded));
        Assert.Equal(
            [("tokenizer", model.StateDict().Count), ("discriminator", 1), ("other", 1)],
            CheckpointReport.Read(folder["all.safetensors"]).Parts.Select(part => (part.Name, part.Keys)));
        CheckpointConverter.Convert(folder["all.safetensors"], folder["disc.safetensors"], "discriminator");
        Assert.Equal("main.0.weight", Assert.Single(CheckpointReport.Read(folder["disc.safetensors"]).Rows).Key);
        Assert.Contains("holds no mage: it has no key cls_token", Refusal("mage"));
        Assert.Contains("no part of a checkpoint is called 'vqgan'; there are tokenizer, mage, discriminator", Refusal("vqgan"));
        Assert.False(File.Exists(folder["x.safetensors"]));

        string Refusal(string part) => Assert.Throws<UserErrorException>(
            () => CheckpointConverter.Convert(folder["all.safetensors"], folder["x.safetensors"], part)).Message;
    }

    [Theory]
    [InlineData("F16", new byte[] { 0x00, 0x3C, 0xFF, 0x7B }, new[] { 1f, 65504f })]
    [InlineData("BF16", new byte[] { 0x80, 0x3F, 0x49, 0xC0 }, new[] { 1f, -3.140625f })]
    [InlineData("F64", new byte[] { 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0xC0 }, new[] { 1f, -2f })]
    public void Other_floating_point_numbers_are_read_from_safetensors(string type, byte[] data, float[] expected)
    {
        var header = System.Text.Encoding.UTF8.GetBytes(
            $$"""{"a": {"dtype": "{{type}}", "shape": [2], "data_offsets": [0, {{data.Length}}] } }""");
        var path = folder.Write("short.safetensors", [.. BitConverter.GetBytes((long)header.Length), .. header, .. data]);
        using var scope = new TensorScope();
        foreach (var tensors in (IReadOnlyDictionary<string, Tensor>[])[Safetensors.Read(path).Tensors, ModelFile.Read(path).Tensors])
        {
            Assert.Equal(expected, tensors["a"].Cast(ElementType.Float32).ToArray<float>());
        }
    }

    [Fact]
    public void Nothing_of_a_model_changes_when_a_key_does_not_fit()
    {
        using var model = Tokenizer(1);
        var before = TinyRuns.Weights(model);
        var state = model.StateDict().ToDictionary(pair => pair.Key, pair => Tensor.Full(ElementType.Float32, 1, pair.Value.Shape));
        state["quantize.embedding.weight"] = Tensor.Full(ElementType.Float32, 1, 3, 4);
        Safetensors.Write(folder["other.safetensors"], state);
        var error = Assert.Throws<UserErrorException>(() => ModelFile.Load(folder["other.safetensors"], model));
        Assert.Contains("quantize.embedding.weight (expected Float32 [32, 16], found Float32 [3, 4])", error.Message);
        Assert.Equal(before, TinyRuns.Weights(model));
    }

    [Fact]
    public void Wrong_archives_are_refused_with_their_name_in_one_line()
    {
        var state = new PickleBuilder().BeginItems().Text("a").Floats("0", 2).EndItems().End();
        var posix = new PickleBuilder().Global("posix", "system").End();
        var epoch = new PickleBuilder().Code("}").Text("epoch").Whole(1).Code("s").End();
        Dictionary<string, byte[]> storages = new() { ["0"] = PickleBuilder.Bytes(1, 2) };
        Dictionary<string, byte[]> small = new() { ["0"] = PickleBuilder.Bytes(1) };
        (byte[] Content, string Because)[] cases =
        [
            ([], "it is empty"),
            ("PK"u8.ToArray(), "archive is damaged|Central Directory"),
            ("not weights at all"u8.ToArray(), "a text that begins with 'not weights at all'"),
            (PickleBuilder.Archive(state, new Dictionary<string, byte[]>()), "'archive/data/0' is missing"),
            (PickleBuilder.Archive(state, small), "should have 2 elements, but has 4 bytes"),
            (PickleBuilder.Archive(state, storages, order: "big"), "the order 'big'"),
            (PickleBuilder.Archive([.. state, .. new byte[9999]], storages, level: CompressionLevel.Optimal), "is compressed"),
            (PickleBuilder.Archive(new PickleBuilder().Code("]").End(), storages), "holds a list of 0, not a dictionary"),
            (PickleBuilder.Archive(epoch, storages), "holds no weights: .* it has epoch"),
            (PickleBuilder.Archive(posix, storages), "asks for posix.system, which is not among the few names"),
            (PickleBuilder.Archive(
                new PickleBuilder().BeginItems().Text("a").Tensor("FloatStorage", "0", 2, 0, [60000, 60000], [0, 0]).EndItems().End(), storages),
                "more elements than a file of"),
            (Zip("other.txt"), "not of torch.save: it has no data.pkl"),
            (Zip("a/data.pkl"), "not of torch.save: it has no version"),
            (Zip("a/data.pkl", "b/data.pkl"), "not of torch.save"),
            (Zip("a/data.pkl", "a/data.pkl"), "something twice"),
        ];
        foreach (var (content, because) in cases)
        {
            var path = folder.Write("case.pth", content);
            var message = Assert.Throws<UserErrorException>(() => CheckpointReport.Read(path)).Message;
            Assert.Matches(because, message);
            Assert.Contains(path, message, StringComparison.Ordinal);
            Assert.Single(message.Split('\n'));
        }
    }

    [Fact]
    public void What_cannot_be_opened_is_named()
    {
        Assert.Contains(folder["none.pth"], Assert.Throws<UserErrorException>(() => CheckpointReport.Read(folder["none.pth"])).Message);
        Assert.Contains(folder.Path, Assert.Throws<UserErrorException>(() => CheckpointReport.Read(folder.Path)).Message);
    }

    private static byte[] Zip(params string[] names)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach (var name in names)
            {
                archive.CreateEntry(name, CompressionLevel.NoCompression).Open().Dispose();
            }
        }

        return stream.ToArray();
    }

    private static VectorQuantizedAutoencoder Tokenizer(int seed) => new(Presets.Get("tiny").Tokenizer, 1, new Initializer(seed));

    private string Write(byte[] pickle, params byte[][] storages) => folder.Write(
        "weights.pth", PickleBuilder.Archive(pickle, storages.Select((bytes, i) => KeyValuePair.Create($"{i}", bytes)).ToDictionary()));
}
