using ILGPU;
using ILGPU.IR.Intrinsics;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// What the tensor cores of NVIDIA's cards do, from compute capability 8.0 on. All lanes of a warp do it together; elsewhere the bodies run, which
/// spell it out. A word is 32 bits of an operand: one number in TF32, or two neighbours along the sum in bfloat16, the lower half first.
/// </summary>
internal static class TensorCores
{
    /// <summary>
    /// c + a b for 16 rows, 8 columns and 8 words of each. With the lane as 4 g + t a lane has of <paramref name="a"/> the words (g, t), (g + 8, t),
    /// (g, t + 4), (g + 8, t + 4), of b the words t and t + 4 of column g, and of the result (g, 2 t), (g, 2 t + 1), (g + 8, 2 t), (g + 8, 2 t + 1).
    /// </summary>
    [IntrinsicImplementation]
    [Instruction("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%10, %11, %12, %13}")]
    public static Quad<float> MultiplyTf32(Quad<uint> a, uint b0, uint b1, Quad<float> c) => Multiply<Tf32Product>(a, b0, b1, c);

    /// <inheritdoc cref="MultiplyTf32"/>
    [IntrinsicImplementation]
    [Instruction("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%10, %11, %12, %13}")]
    public static Quad<float> MultiplyBFloat16(Quad<uint> a, uint b0, uint b1, Quad<float> c) => Multiply<BFloat16Product>(a, b0, b1, c);

    /// <summary>The nearest number with 10 bits behind the point; of two the one further from zero.</summary>
    [IntrinsicImplementation]
    [Instruction("cvt.rna.tf32.f32 %0, %1")]
    public static uint RoundTf32(float value) => (Interop.FloatAsInt(value) + 0x1000u) & 0xFFFFE000u;

    /// <summary>Two numbers as the nearest of bfloat16, of two the even one.</summary>
    [IntrinsicImplementation]
    [Instruction("cvt.rn.bf16x2.f32 %0, %2, %1")]
    public static uint RoundBFloat16(float low, float high) => Upper(low) >> 16 | Upper(high);

    /// <summary>
    /// Four blocks of eight rows of 16 bytes, as <see cref="MultiplyTf32"/> wants them: of each block a lane, 4 g + t, gets word t of row g.
    /// </summary>
    /// <param name="row">
    /// A row that this lane names: 0 to 7 those of the first block, 8 to 15 of the second, and so on. In the group's memory.
    /// </param>
    [IntrinsicImplementation]
    [Instruction("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%s4]")]
    public static Quad<uint> LoadBlocks(ref Quad<uint> row)
    {
        var own = row;
        return new(Word(own, 0), Word(own, 8), Word(own, 16), Word(own, 24));
    }

    /// <summary>
    /// The same of blocks that are turned meanwhile: a row is eight numbers of 16 bits, and of each block lane 4 g + t gets numbers g of rows 2 t and
    /// 2 t + 1.
    /// </summary>
    /// <inheritdoc cref="LoadBlocks"/>
    [IntrinsicImplementation]
    [Instruction("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%s4]")]
    public static Quad<uint> LoadTurnedBlocks(ref Quad<uint> row)
    {
        var own = row;
        return new(Turned(own, 0), Turned(own, 8), Turned(own, 16), Turned(own, 24));
    }

    /// <summary>16 bytes from the device's memory to the group's, some time before a <see cref="WaitForCopies"/>.</summary>
    [IntrinsicImplementation]
    [Instruction("cp.async.cg.shared.global [%s0], [%g1], 16")]
    public static void Copy(ref Quad<uint> to, ref Quad<uint> from) => to = from;

    /// <summary>Makes a batch of the copies since the last.</summary>
    [IntrinsicImplementation]
    [Instruction("cp.async.commit_group")]
    public static void EndBatch()
    {
    }

    /// <summary>Waits for this thread's copies, but for those of the last batch.</summary>
    [IntrinsicImplementation]
    [Instruction("cp.async.wait_group 1")]
    public static void WaitForCopies()
    {
    }

    private static uint Word(Quad<uint> own, int first) => Word(Warp.Shuffle(own, first + (Warp.LaneIdx / 4)), (uint)Warp.LaneIdx % 4);

    private static uint Word(Quad<uint> row, uint word) => word == 0 ? row.X : word == 1 ? row.Y : word == 2 ? row.Z : row.W;

    private static uint Turned(Quad<uint> own, int first)
    {
        int row = first + (Warp.LaneIdx % 4 * 2), number = Warp.LaneIdx / 4, shift = number % 2 * 16;
        uint low = Word(Warp.Shuffle(own, row), (uint)number / 2), high = Word(Warp.Shuffle(own, row + 1), (uint)number / 2);
        return ((low >> shift) & 0xFFFFu) | ((high >> shift) << 16);
    }

    private static uint Upper(float value)
    {
        var bits = Interop.FloatAsInt(value);
        return (float.IsNaN(value) ? bits | 0x400000u : bits + 0x7FFFu + ((bits >> 16) & 1u)) & 0xFFFF0000u;
    }

    private static Quad<float> Multiply<TProduct>(Quad<uint> a, uint b0, uint b1, Quad<float> c)
        where TProduct : struct, IWordProduct
    {
        int row = Warp.LaneIdx & ~3, column = 8 * (Warp.LaneIdx & 3);
        for (int k = 0; k < 4; k++)
        {
            var rows = Warp.Shuffle(a, row + k);
            var (left, right) = (Warp.Shuffle((b0, b1), column + k), Warp.Shuffle((b0, b1), column + 4 + k));
            c = Add<TProduct>(Add<TProduct>(c, rows.X, rows.Y, left.b0, right.b0), rows.Z, rows.W, left.b1, right.b1);
        }

        return c;
    }

    private static Quad<float> Add<TProduct>(Quad<float> c, uint top, uint bottom, uint left, uint right)
        where TProduct : struct, IWordProduct
        => new(
            c.X + TProduct.Of(top, left), c.Y + TProduct.Of(top, right), c.Z + TProduct.Of(bottom, left), c.W + TProduct.Of(bottom, right));
}
