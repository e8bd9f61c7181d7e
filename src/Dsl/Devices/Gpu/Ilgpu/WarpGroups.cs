using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// What the tensor cores of compute capability 9.0 do for groups of four warps, straight from the group's memory (<c>wgmma</c>). All lanes of the
/// four do it together. An operand is rows of 128 bytes that follow each other from a multiple of 1024 bytes on, and chunks of 16 bytes change places
/// in them: bits 4 to 6 of each address are those that bits 7 to 9, the number of the row, make of them by exclusive or.
/// </summary>
internal static class WarpGroups
{
    // Sums have names of their own, because none may be touched while products are added to them, not even moved by the compiler.
    //
    // Of an operand the instruction is told, from bit 0 on, the address / 16; from bit 16 on how far it is from 64 rows to the next 64 where operands
    // are turned, in bytes / 16; from bit 32 on the same from eight rows to the next eight; and by bit 62 that chunks change places. The next terms
    // are 32 bytes further, or 16 rows where operands are turned.
    internal const string Operands =
        ".reg .pred adds; .reg .b32 low, high; .reg .b64 left, right; mov.b32 high, 0x40000040; "
        + "bfe.u32 low, %s0, 4, 14; or.b32 low, low, 0x2000000; mov.b64 left, {low, high}; "
        + "bfe.u32 low, %s1, 4, 14; or.b32 low, low, 0x2000000; mov.b64 right, {low, high}; ";

    internal const string Fence = "wgmma.fence.sync.aligned; ";

    internal const string NextLeft = "add.s64 left, left, 2; ", NextRight = "add.s64 right, right, 2; ";
    internal const string NextTurnedLeft = "add.s64 left, left, 128; ", NextTurnedRight = "add.s64 right, right, 128; ";
    internal const string End = "wgmma.commit_group.sync.aligned; wgmma.wait_group.sync.aligned 1";

    private const string Begin = Operands + "setp.eq.u32 adds, high, high; " + Fence;
    private const string Tf32 = "wgmma.mma_async.sync.aligned.m64n128k8.f32.tf32.tf32 {%n0-63}, left, right, adds, 1, 1; ";
    private const string BFloat16 = "wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 {%n0-63}, left, right, adds, 1, 1, ";
    private const string Tf32Next = Tf32 + NextLeft + NextRight, Rows = BFloat16 + "0, 0; ", RowsNext = Rows + NextLeft + NextRight;
    private const string TurnedLeft = BFloat16 + "1, 0; ", TurnedLeftNext = TurnedLeft + NextTurnedLeft + NextRight;
    private const string TurnedRight = BFloat16 + "0, 1; ", TurnedRightNext = TurnedRight + NextLeft + NextTurnedRight;
    private const string Turned = BFloat16 + "1, 1; ", TurnedNext = Turned + NextTurnedLeft + NextTurnedRight;

    private const int RowBytes = 128, BoxBytes = 64 * RowBytes, Words = RowBytes / sizeof(uint), Sums = 64;

    [ThreadStatic]
    private static float[]? sums;

    /// <summary>Gives each lane its sums. Once in a kernel, before <see cref="Clear"/>.</summary>
    [IntrinsicImplementation]
    [Instruction(".reg .f32 sum<64>")]
    public static void Declare() => Keep(Sums);

    /// <summary>Lets them begin as nothing.</summary>
    [IntrinsicImplementation]
    [Instruction("mov.f32 %n, 0f00000000", Times = Sums)]
    public static void Clear() => Array.Clear(sums!);

    /// <summary>
    /// Adds the products of 64 rows and 128 columns, 128 bytes of each, of TF32. With the lane as 4 g + t, a lane of warp w has for each eight
    /// columns, from 8 j on, the sums of (16 w + g, 8 j + 2 t), (16 w + g, 8 j + 2 t + 1), and the same of row 16 w + g + 8. They are there after
    /// <see cref="WaitForProducts"/>, and operands have been read when the next products have been asked for.
    /// </summary>
    /// <param name="rows">The left operand, in the group's memory.</param>
    /// <param name="columns">The right one.</param>
    [IntrinsicImplementation]
    [Instruction(Begin + Tf32Next + Tf32Next + Tf32Next + Tf32 + End)]
    public static void MultiplyTf32(ref Quad<uint> rows, ref Quad<uint> columns)
        => Multiply<Tf32Product, AlongTerms, AlongTerms>(ref rows, ref columns);

    /// <summary>The same of bfloat16.</summary>
    /// <inheritdoc cref="MultiplyTf32"/>
    [IntrinsicImplementation]
    [Instruction(Begin + RowsNext + RowsNext + RowsNext + Rows + End)]
    public static void MultiplyBFloat16(ref Quad<uint> rows, ref Quad<uint> columns)
        => Multiply<BFloat16Product, AlongTerms, AlongTerms>(ref rows, ref columns);

    /// <summary>The same, of a left operand that lies as 64 terms of 64 rows each.</summary>
    /// <inheritdoc cref="MultiplyTf32"/>
    [IntrinsicImplementation]
    [Instruction(Begin + TurnedLeftNext + TurnedLeftNext + TurnedLeftNext + TurnedLeft + End)]
    public static void MultiplyTurnedLeft(ref Quad<uint> rows, ref Quad<uint> columns)
        => Multiply<BFloat16Product, AlongRows, AlongTerms>(ref rows, ref columns);

    /// <summary>The same, of a right operand that lies as 64 terms of 64 columns each, and 64 terms of the next 64 behind them.</summary>
    /// <inheritdoc cref="MultiplyTf32"/>
    [IntrinsicImplementation]
    [Instruction(Begin + TurnedRightNext + TurnedRightNext + TurnedRightNext + TurnedRight + End)]
    public static void MultiplyTurnedRight(ref Quad<uint> rows, ref Quad<uint> columns)
        => Multiply<BFloat16Product, AlongTerms, AlongRows>(ref rows, ref columns);

    /// <summary>The same, of two such operands.</summary>
    /// <inheritdoc cref="MultiplyTf32"/>
    [IntrinsicImplementation]
    [Instruction(Begin + TurnedNext + TurnedNext + TurnedNext + Turned + End)]
    public static void MultiplyTurned(ref Quad<uint> rows, ref Quad<uint> columns)
        => Multiply<BFloat16Product, AlongRows, AlongRows>(ref rows, ref columns);

    /// <summary>Waits for all that was asked for.</summary>
    [IntrinsicImplementation]
    [Instruction("wgmma.wait_group.sync.aligned 0")]
    public static void WaitForProducts() => Warp.Barrier();

    /// <summary>What the sums are.</summary>
    [IntrinsicImplementation]
    [Instruction("mov.f32 %0, %n", Times = Sums)]
    public static Quad<Quad<Quad<float>>> Read() => MemoryMarshal.Read<Quad<Quad<Quad<float>>>>(MemoryMarshal.AsBytes<float>(sums));

    /// <summary>Lets products see what this thread has written to the group's memory; after a barrier all that all have.</summary>
    [IntrinsicImplementation]
    [Instruction("fence.proxy.async.shared::cta")]
    public static void ShowWrites()
    {
    }

    /// <summary>Gives the thread so many sums, where there are no such registers.</summary>
    internal static void Keep(int count) => sums = new float[count];

    /// <summary>These.</summary>
    internal static Span<float> Kept => sums;

    private static void Multiply<TProduct, TLeft, TRight>(ref Quad<uint> rows, ref Quad<uint> columns)
        where TProduct : struct, IWordProduct
        where TLeft : struct, IWords
        where TRight : struct, IWords
    {
        int warp = Group.LinearIndex / Warp.WarpSize % 4, row = (16 * warp) + (Warp.LaneIdx / 4), column = 2 * (Warp.LaneIdx % 4);
        for (int i = 0; i < sums!.Length; i++)
        {
            for (int word = 0; word < Words; word++)
            {
                var left = TLeft.Word(ref rows, row + (8 * (i / 2 % 2)), word);
                sums[i] += TProduct.Of(left, TRight.Word(ref columns, (8 * (i / 4)) + column + (i % 2), word));
            }
        }
    }

    private static ref T At<T>(ref Quad<uint> operand, int address)
        => ref Unsafe.As<uint, T>(ref Unsafe.AddByteOffset(ref operand.X, address ^ ((address >> 7 & 7) << 4)));

    internal interface IWords
    {
        static abstract uint Word(ref Quad<uint> operand, int row, int word);
    }

    internal readonly struct AlongTerms : IWords
    {
        public static uint Word(ref Quad<uint> operand, int row, int word) => At<uint>(ref operand, (RowBytes * row) + (sizeof(uint) * word));
    }

    private readonly struct AlongRows : IWords
    {
        public static uint Word(ref Quad<uint> operand, int row, int word)
        {
            int place = (row / 64 * BoxBytes) + (2 * RowBytes * word) + (row % 64 * sizeof(ushort));
            return At<ushort>(ref operand, place) | ((uint)At<ushort>(ref operand, place + RowBytes) << 16);
        }
    }
}
