using Mage.Checkpoints;
using Mage.Config;
using Mage.Model;
using Mage.Tests.Golden;
using MageDsl;

namespace Mage.Tests.Checkpoints;

/// <summary>Tables of positions of another grid (golden set E).</summary>
public sealed class PositionTableTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_table_is_interpolated_as_by_the_official_code()
    {
        var file = GoldenFile.Open("position_tables");
        var found = PositionTables.Interpolate(file.Floats("sincos_dim64_grid4_cls"), 64, 4, 3);
        Assert.Equal(file.Shape("interpolated_4x4_to_3x3")[1] * 64, found.Length);
        Assert.All(found.Zip(file.Floats("interpolated_4x4_to_3x3")), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void A_table_of_equal_rows_stays_so(int to)
    {
        var found = PositionTables.Interpolate([9, 9, .. Enumerable.Repeat(0.5f, 32)], 2, 4, to);
        Assert.Equal(2 + (to * to * 2), found.Length);
        Assert.All(found.Skip(2), value => Assert.Equal(0.5f, value, 1e-6f));
    }

    [Fact]
    public void A_model_of_another_grid_is_loaded_and_it_is_said()
    {
        var file = GoldenFile.Open("position_tables");
        var (table, expected) = (file.Floats("sincos_dim64_grid4_cls"), file.Floats("interpolated_4x4_to_3x3"));
        using var scope = new TensorScope();
        using var saved = Model(4, 17);
        foreach (var key in Keys)
        {
            saved.StateDict()[key].Write<float>(table);
        }

        ModelFile.Save(folder["four.safetensors"], saved);
        using var model = Model(3, 10);
        Assert.Equal(
            ["positions were interpolated from a grid of 4x4 tokens to one of 3x3"], ModelFile.Load(folder["four.safetensors"], model));
        Assert.All(Keys, key => Assert.All(
            model.StateDict()[key].ToArray<float>().Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-6f)));
        Assert.Equal(Enumerable.Range(0, 10), model.StateDict()["token_emb.position_ids"].ToArray<int>());
        Assert.Equal(saved.StateDict()["norm.weight"].ToArray<float>(), model.StateDict()["norm.weight"].ToArray<float>());
    }

    [Fact]
    public void Of_more_rows_than_tokens_those_that_are_read_are_taken()
    {
        using var scope = new TensorScope();
        using var saved = Model(3, 257);
        ModelFile.Save(folder["official.safetensors"], saved);
        using var model = Model(3, 10);
        Assert.Equal(
            ["of the encoder's 257 positions the first 10 are used, one for each token and the class token"],
            ModelFile.Load(folder["official.safetensors"], model));
        Assert.Equal(
            saved.Embedding.Positions.Weight.Value.ToArray<float>()[..(10 * 64)], model.Embedding.Positions.Weight.Value.ToArray<float>());

        // The other grid's rows are the first 10, too.
        using var larger = Model(4, 17);
        Assert.Single(ModelFile.Load(folder["official.safetensors"], larger));
        Assert.Equal(
            PositionTables.Interpolate(saved.Embedding.Positions.Weight.Value.ToArray<float>(), 64, 3, 4),
            larger.Embedding.Positions.Weight.Value.ToArray<float>());
    }

    [Fact]
    public void Another_width_is_no_other_grid()
    {
        using var scope = new TensorScope();
        using var saved = Model(4, 17, width: 32);
        ModelFile.Save(folder["narrow.safetensors"], saved);
        using var model = Model(3, 10);
        Assert.Contains(
            "decoder_pos_embed_learned (expected Float32 [1, 10, 64], found Float32 [1, 17, 32])",
            Assert.Throws<UserErrorException>(() => ModelFile.Load(folder["narrow.safetensors"], model)).Message);
    }

    private static string[] Keys => ["decoder_pos_embed_learned", "pos_embed", "decoder_pos_embed", "token_emb.position_embeddings.weight"];

    private static MaskedGenerativeEncoder Model(int grid, int positions, int width = 64) => new(
        new MageConfig { EmbedDim = width, Depth = 1, Heads = 4, DecoderEmbedDim = width, DecoderDepth = 1, DecoderHeads = 4 },
        codes: 32, grid, patch: 4, channels: 1, new Initializer(grid), positions);
}
