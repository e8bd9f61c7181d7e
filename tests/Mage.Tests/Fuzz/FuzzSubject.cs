using Mage.Checkpoints;
using Mage.Checkpoints.Pickle;
using Mage.Config;
using Mage.Model;
using Mage.Tests.Checkpoints;
using Mage.Tokenizer;
using Mage.Training;
using MageDsl;

namespace Mage.Tests.Fuzz;

/// <summary>A kind of file that is fed to the product with something wrong in it. Another kind is another line in <see cref="All"/>.</summary>
/// <param name="Name">Its name in messages; the end of the file's name.</param>
/// <param name="Samples">Right files.</param>
/// <param name="Use">All that the product does with such a file; may refuse it with a <see cref="UserErrorException"/>.</param>
/// <param name="MostBytes">
/// What may be allocated for a file. One of a few kilobytes needs a few hundred; an array that a length in it asks for would have gigabytes.
/// </param>
internal sealed record FuzzSubject(string Name, IReadOnlyList<byte[]> Samples, Action<string, FuzzFolder> Use, long MostBytes = 64L << 20)
{
    /// <summary>All kinds.</summary>
    public static IReadOnlyList<FuzzSubject> All { get; } =
    [
        new("archive.pth", Archives(), UseWeights),
        new("pickle.pth", Pickles(), UsePickle),
        new("weights.safetensors", Weights(), UseWeights),
        new("run.pth", Runs(), UseRun),
        new("config.json", Configs(), UseConfig),
        .. FuzzImages.All,
    ];

    private static List<byte[]> Archives() => [File.ReadAllBytes(Path.Combine(TinyFileTests.Folder, "tiny.pth")), Mage(PyTorch: true)];

    /// <summary>The pickles by themselves: in an archive its checksums would refuse what is changed before it is read.</summary>
    private static List<byte[]> Pickles() =>
    [
        new PickleBuilder().Code("}(").Text("model").BeginItems()
            .Text("a").Floats("0", 2, 3).Text("b").Tensor("HalfStorage", "0", 12, 1, [2, 2], [1, 4]).EndItems()
            .Text("epoch").Whole(3).Text("big").Whole(1L << 40).Text("args").Global("argparse", "Namespace").Code(")").Code(0x81)
            .Code("}(").Text("lr").Code('G', 0x3F, 0xE0, 0, 0, 0, 0, 0, 0).Code("ub").Code("u").End(),
        new PickleBuilder(4).Code("}").Code(0x94).Text("state_dict").BeginItems().Text("c").Code(0x94).Floats("0", 6).EndItems().Code("s")
            .Code('h', 1).Code('C', 1, 7).Code("s").End(),
    ];

    private static List<byte[]> Weights()
    {
        // Without a checksum, so that what is changed comes as far as it can; and as we write them.
        var header = """
            {"a": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}, "b": {"dtype": "I64", "shape": [1], "data_offsets": [12, 20]},
            "c": {"dtype": "F64", "shape": [], "data_offsets": [20, 28]}, "__metadata__": {"text": "grün"}}
            """;
        var json = System.Text.Encoding.UTF8.GetBytes(header);
        return [[.. BitConverter.GetBytes((long)json.Length), .. json, .. new byte[28]], Mage(PyTorch: false)];
    }

    /// <summary>The pickle of all models of a run, which repeat one number.</summary>
    private static List<byte[]> Runs()
    {
        var config = Small();
        using var mage = MaskedGenerativeEncoder.Create(config, Initializer.ForLoading());
        using var tokenizer = new VectorQuantizedAutoencoder(config.Tokenizer, config.Data.Channels, Initializer.ForLoading());
        List<KeyValuePair<string, Tensor>> all =
            [.. mage.StateDict(), .. tokenizer.StateDict().Select(pair => KeyValuePair.Create($"vqgan.{pair.Key}", pair.Value))];
        var builder = new PickleBuilder().BeginItems();
        foreach (var (key, tensor) in all)
        {
            var type = tensor.Type.IsReal() ? "FloatStorage" : "LongStorage";
            builder.Text(key).Tensor(type, "0", 1, 0, tensor.Shape.ToArray(), new long[tensor.Shape.Length]);
        }

        return [builder.EndItems().End()];
    }

    private static List<byte[]> Configs()
        => [.. Presets.Names.Select(name => System.Text.Encoding.UTF8.GetBytes(RunConfigJson.ToJson(Presets.Get(name))))];

    private static RunConfig Small()
    {
        var config = Presets.Get("tiny");
        (config.Mage.EmbedDim, config.Mage.DecoderEmbedDim, config.Mage.Depth, config.Tokenizer.CodebookSize) = (4, 4, 1, 4);
        return config;
    }

    /// <summary>A small MAGE as a file.</summary>
    private static byte[] Mage(bool PyTorch)
    {
        using var folder = new TemporaryFolder();
        using var model = MaskedGenerativeEncoder.Create(Small(), new Initializer(1));
        ModelFile.Save(folder["mage.safetensors"], model);
        if (!PyTorch)
        {
            return File.ReadAllBytes(folder["mage.safetensors"]);
        }

        var (builder, storages) = (new PickleBuilder().BeginItems(), new Dictionary<string, byte[]>());
        foreach (var (key, tensor) in model.StateDict().Where(pair => pair.Value.Type.IsReal()))
        {
            builder.Text(key).Floats($"{storages.Count}", tensor.Shape.ToArray());
            storages.Add($"{storages.Count}", PickleBuilder.Bytes(tensor.ToArray<float>()));
        }

        return PickleBuilder.Archive(builder.EndItems().End(), storages);
    }

    private static void UseWeights(string path, FuzzFolder folder)
    {
        folder.Try(() => CheckpointReport.Read(path, values: true));
        folder.Try(() => CheckpointDifference.Between(path, path));
        folder.Try(() => CheckpointConverter.Convert(path, folder.Existing));
        folder.Try(() =>
        {
            using var model = MaskedGenerativeEncoder.Create(Small(), Initializer.ForLoading());
            ModelFile.Load(path, model);
        });
    }

    private static void UsePickle(string path, FuzzFolder folder)
    {
        try
        {
            _ = Unpickler.Read(File.ReadAllBytes(path)).ToString();
        }
        catch (PickleException e)
        {
            Assert.Single(e.Message.Split('\n'));
        }

        File.WriteAllBytes(path, PickleBuilder.Archive(File.ReadAllBytes(path), new Dictionary<string, byte[]> { ["0"] = new byte[24] }));
        UseWeights(path, folder);
    }

    private static void UseRun(string path, FuzzFolder folder)
    {
        File.WriteAllBytes(path, PickleBuilder.Archive(File.ReadAllBytes(path), new Dictionary<string, byte[]> { ["0"] = new byte[8] }));
        folder.Try(() =>
        {
            using var scope = new TensorScope();
            var run = RunImport.Make(path, null, folder["run"], (2, 2)).Folder;
            Directory.Delete(run.Path, recursive: true);
        });
        Assert.False(Directory.Exists(folder["run"]));
    }

    private static void UseConfig(string path, FuzzFolder folder) => folder.Try(() =>
    {
        var config = RunConfigJson.Read(path);
        RunConfigJson.Write(folder.Existing, config);
        Assert.Equal(RunConfigJson.ToJson(config), RunConfigJson.ToJson(RunConfigJson.Read(folder.Existing)));
    });
}
