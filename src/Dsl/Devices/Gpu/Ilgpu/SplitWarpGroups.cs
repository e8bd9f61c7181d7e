using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// What <see cref="WarpGroups"/> do for numbers that are two of TF32 each, with the same sums. Rows come from registers, and of columns the second
/// numbers lie behind all first ones.
/// </summary>
internal static class SplitWarpGroups
{
    /// <summary>The columns of a product.</summary>
    public const int Columns = 128;

    /// <summary>How far behind a chunk of columns the one with what is left of them is.</summary>
    public const int Rest = Columns * Chunks;

    private const int Chunks = 8, Terms = 8;

    // In units of 16 bytes, as Rest is.
    private const string Begin =
        ".reg .pred adds; .reg .b32 low, high, next; .reg .b64 right, rest; mov.b32 high, 0x40000040; bfe.u32 low, %s8, 4, 14; "
        + "or.b32 low, low, 0x2000000; shl.b32 next, %9, 1; add.s32 low, low, next; mov.b64 right, {low, high}; add.s64 rest, right, 1024; "
        + "setp.ne.s32 adds, %9, 0; wgmma.fence.sync.aligned; ";

    private const string Product = "wgmma.mma_async.sync.aligned.m64n128k8.f32.tf32.tf32 {%n0-63}, ";

    /// <summary>
    /// Adds the products of 64 rows and 128 columns, eight terms of each: of first numbers, and of first and second ones. A lane has of both the
    /// words that <see cref="TensorCores.MultiplyTf32"/> wants of its warp's 16 rows; they are not its own again before
    /// <see cref="WarpGroups.WaitForProducts"/>.
    /// </summary>
    /// <param name="first">The first numbers of rows.</param>
    /// <param name="second">What is left of them.</param>
    /// <param name="columns">32 terms of the columns, in the group's memory.</param>
    /// <param name="number">Which eight; with the first sums begin anew.</param>
    [IntrinsicImplementation]
    [Instruction(
        Begin + Product + "{%4-7}, right, adds, 1, 1; setp.eq.u32 adds, high, high; " + Product + "{%0-3}, rest, adds, 1, 1; "
        + Product + "{%0-3}, right, adds, 1, 1")]
    public static void Multiply(Quad<uint> first, Quad<uint> second, ref Quad<uint> columns, int number)
    {
        var sums = WarpGroups.Kept;
        if (number == 0) sums.Clear();
        int row = Warp.LaneIdx & ~3, column = 2 * (Warp.LaneIdx % 4);
        for (int lane = 0; lane < 4; lane++)
        {
            var (head, tail) = (Warp.Shuffle(first, row + lane), Warp.Shuffle(second, row + lane));
            int term = (number * Terms) + lane;
            for (int i = 0; i < sums.Length; i++)
            {
                int at = (8 * (i / 4)) + column + (i % 2);
                var isUpper = i / 2 % 2 == 0;
                sums[i] += Of(isUpper ? head.X : head.Y, isUpper ? tail.X : tail.Y, ref columns, at, term)
                    + Of(isUpper ? head.Z : head.W, isUpper ? tail.Z : tail.W, ref columns, at, term + (Terms / 2));
            }
        }
    }

    /// <summary>Ends what is waited for together.</summary>
    [IntrinsicImplementation]
    [Instruction("wgmma.commit_group.sync.aligned")]
    public static void EndBatch() => Warp.Barrier();

    private static float Of(uint first, uint second, ref Quad<uint> columns, int column, int term)
    {
        uint right = WarpGroups.AlongTerms.Word(ref columns, column, term);
        uint rest = WarpGroups.AlongTerms.Word(ref Unsafe.Add(ref columns, Rest), column, term);
        return Tf32Product.Of(second, right) + Tf32Product.Of(first, rest) + Tf32Product.Of(first, right);
    }
}
