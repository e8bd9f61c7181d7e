using System.Collections.Generic;

namespace MageDsl.Generators.Ir;

/// <summary>
/// A sum of a product seen as a batched matrix product:
/// <c>C[batch, rows, columns] = sum over K of Left[batch, rows, K] * Right[batch, K, columns]</c>.
/// </summary>
internal sealed record Contraction(
    int Left, int Right, IReadOnlyList<string> Batch, IReadOnlyList<string> Rows, IReadOnlyList<string> Columns, IReadOnlyList<string> K)
{
    /// <summary>The transposed product.</summary>
    public Contraction Swapped => new(Right, Left, Batch, Columns, Rows, K);
}
