using static MageDsl.Ops;

namespace MageDsl.Layers;

/// <summary>Table look-ups and token selection.</summary>
public static partial class Embeddings
{
    /// <summary>The rows of a table that some ids name.</summary>
    /// <param name="table">One row per id, <c>[v, d]</c>.</param>
    /// <param name="ids">Ids in [0, v), of any shape.</param>
    /// <returns>Rows, <c>[..., d]</c>.</returns>
    [Kernel]
    [return: Dims("... d")]
    public static Expr Embedding([Dims("v d")] Expr table, [Ids("...")] Expr ids) => Gather(table, "v", ids);

    /// <summary>For each sequence of a batch, the tokens at some positions of it.</summary>
    /// <param name="x">Tokens, <c>[b, t, d]</c>.</param>
    /// <param name="positions">Positions in [0, t), <c>[b, k]</c>.</param>
    /// <returns>Tokens, <c>[b, k, d]</c>.</returns>
    [Kernel]
    [return: Dims("b k d")]
    public static Expr TakeTokens([Dims("b t d")] Expr x, [Ids("b k")] Expr positions) => Gather(x, "t", positions);

    /// <summary>The mean over the tokens of a sequence but the first, which is the class token.</summary>
    /// <param name="x">Tokens, <c>[b, t, d]</c>, with t at least 2.</param>
    /// <returns>One vector per sequence, <c>[b, d]</c>.</returns>
    [Kernel]
    [return: Dims("b d")]
    public static Expr MeanOfTokens([Dims("b t d")] Expr x) => Mean(x.Slice("t", into: "k", start: 1), over: "k");
}
