using Mage.Checkpoints.Stored;
using MageDsl;

namespace Mage.Checkpoints;

/// <summary>
/// Tables of positions of a file that was trained on another grid of tokens than the model has. The row of the class token stays, the others
/// are seen as an image of the grid and resized, as <c>interpolate_pos_embed</c> of the official code does.
/// </summary>
internal static class PositionTables
{
    private const string EncoderTable = "token_emb.position_embeddings.weight";
    private const string EncoderRows = "token_emb.position_ids";

    // They have a row for the class token and one for each token of the grid; any of them tells the grid.
    private static readonly string[] GridTables = ["decoder_pos_embed_learned", "pos_embed", "decoder_pos_embed"];

    /// <summary>Puts tables of the model's size in the place of those of a file.</summary>
    /// <param name="own">The model's values by key.</param>
    /// <param name="file">The file's, by the model's keys.</param>
    /// <param name="values">What the model is to take; tables are replaced here.</param>
    /// <returns>What was done, for people; null if nothing had to be.</returns>
    public static string? Fit(
        IReadOnlyDictionary<string, Tensor> own, IReadOnlyDictionary<string, StoredTensor> file, Dictionary<string, StateValue> values)
    {
        var key = GridTables.FirstOrDefault(table => own.ContainsKey(table) && file.ContainsKey(table));
        if (key is null || Tokens(own[key].Shape) is not { } wanted || Tokens(file[key].Shape) is not { } found)
        {
            return null;
        }

        if (wanted != found && Side(wanted) is { } side && Side(found) is { } from)
        {
            foreach (var table in GridTables.Append(EncoderTable).Where(table => own.ContainsKey(table) && file.ContainsKey(table)))
            {
                Resize(own[table], file[table], from, side, table, values);
            }

            KeepRows(own, file, values);
            return $"positions were interpolated from a grid of {from}x{from} tokens to one of {side}x{side}";
        }

        return wanted == found ? Cut(own, file, values, 1 + found) : null;
    }

    /// <summary>A table as a list of rows, resized; the row of the class token first.</summary>
    /// <param name="table">Rows of <paramref name="width"/> numbers, one for the class token and one for each token of the grid.</param>
    /// <param name="width">Numbers in a row.</param>
    /// <param name="from">Tokens along a side now.</param>
    /// <param name="to">Tokens along a side then.</param>
    public static float[] Interpolate(ReadOnlySpan<float> table, int width, int from, int to)
        => [.. table[..width], .. Bicubic.Resize(table[width..((1 + (from * from)) * width)], width, from, to)];

    private static void Resize(Tensor own, StoredTensor stored, int from, int to, string key, Dictionary<string, StateValue> values)
    {
        var (shape, width) = (own.Shape.ToArray(), own.Shape[^1]);
        var fits = stored.Type.InMemory().IsReal() && stored.Shape.Length == shape.Length && stored.Shape[^1] == width
            && stored.Shape[^2] > from * from && shape[^2] == 1 + (to * to);
        if (fits)
        {
            values[key] = new StateValue(ElementType.Float32, shape, destination =>
            {
                using var table = Tensor.From(Interpolate(First(stored), width, from, to), shape);
                table.CopyTo(destination);
            });
        }
    }

    /// <summary>
    /// The official encoder always has 257 rows, also where there are fewer tokens, and never reads the others. A model that has none of those
    /// takes the rows that are read.
    /// </summary>
    private static string? Cut(
        IReadOnlyDictionary<string, Tensor> own, IReadOnlyDictionary<string, StoredTensor> file, Dictionary<string, StateValue> values, int used)
    {
        if (!own.TryGetValue(EncoderTable, out var table) || !file.TryGetValue(EncoderTable, out var stored)
            || stored.Shape.Length != 2 || stored.Shape[1] != table.Shape[1] || !stored.Type.InMemory().IsReal()
            || table.Shape[0] != used || stored.Shape[0] <= used)
        {
            return null;
        }

        values[EncoderTable] = new StateValue(ElementType.Float32, [.. table.Shape], destination =>
        {
            using var rows = Tensor.From(First(stored).AsSpan(0, (int)destination.Count), destination.Shape);
            rows.CopyTo(destination);
        });
        KeepRows(own, file, values);
        return $"of the encoder's {stored.Shape[0]} positions the first {used} are used, one for each token and the class token";
    }

    /// <summary>The numbers of rows are a constant, which the model has already.</summary>
    private static void KeepRows(
        IReadOnlyDictionary<string, Tensor> own, IReadOnlyDictionary<string, StoredTensor> file, Dictionary<string, StateValue> values)
    {
        if (own.TryGetValue(EncoderRows, out var rows) && file.ContainsKey(EncoderRows))
        {
            values[EncoderRows] = new StateValue(rows.Type, [.. rows.Shape], _ => { });
        }
    }

    private static float[] First(StoredTensor stored)
    {
        using var all = stored.ToTensor(single: true);
        return all.ToArray<float>();
    }

    private static int? Tokens(ReadOnlySpan<int> shape) => shape is [1, > 1 and var rows, > 0] ? rows - 1 : null;

    private static int? Side(int tokens) => (int)Math.Round(Math.Sqrt(tokens)) is var side && side * side == tokens ? side : null;
}
