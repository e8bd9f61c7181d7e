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
    // Of an operand the instruction is told, from bit 0 on, the address / 16; from bit 16 on 1, which it passes over; from bit 32 on how far it is
    // from eight rows to the next eight, in bytes / 16; and by bit 62 that chunks change places. The next terms are 32 bytes further.
    private const string Begin =
        ".reg .pred adds; .reg .b32 low, high; .reg .b64 left, right; mov.b32 high, 0x40000040; setp.eq.u32 adds, high, high; "
        + "bfe.u32 low, %s128, 4, 14; or.b32 low, low, 0x10000; mov.b64 left, {low, high}; "
        + "bfe.u32 low, %s129, 4, 14; or.b32 low, low, 0x10000; mov.b64 right, {low, high}; wgmma.fence.sync.aligned; ";

    private const string Next = "add.s64 left, left, 2; add.s64 right, right, 2; ";
    private const string Tf32 = "wgmma.mma_async.sync.aligned.m64n128k8.f32.tf32.tf32 {%0-63}, left, right, adds, 1, 1; ";
    private const string BFloat16 = "wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 {%0-63}, left, right, adds, 1, 1, 0, 0; ";
    private const string End = "wgmma.commit_group.sync.aligned; wgmma.wait_group.sync.aligned 0";

    private const int RowBytes = 128, Words = RowBytes / sizeof(uint), Sums = 64;

    /// <summary>
    /// Adds the products of 64 rows and 128 columns, 128 bytes of each, of TF32. With the lane as 4 g + t, a lane of warp w has for each eight
    /// columns, from 8 j on, the sums of (16 w + g, 8 j + 2 t), (16 w + g, 8 j + 2 t + 1), and the same of row 16 w + g + 8.
    /// </summary>
    [IntrinsicImplementation]
    [Instruction(Begin + Tf32 + Next + Tf32 + Next + Tf32 + Next + Tf32 + End, AddsToFirst = true)]
    public static Quad<Quad<Quad<float>>> MultiplyTf32(Quad<Quad<Quad<float>>> sums, ref Quad<uint> rows, ref Quad<uint> columns)
        => Multiply<Tf32Product>(sums, ref rows, ref columns);

    /// <summary>The same of bfloat16.</summary>
    /// <inheritdoc cref="MultiplyTf32"/>
    [IntrinsicImplementation]
    [Instruction(Begin + BFloat16 + Next + BFloat16 + Next + BFloat16 + Next + BFloat16 + End, AddsToFirst = true)]
    public static Quad<Quad<Quad<float>>> MultiplyBFloat16(Quad<Quad<Quad<float>>> sums, ref Quad<uint> rows, ref Quad<uint> columns)
        => Multiply<BFloat16Product>(sums, ref rows, ref columns);

    /// <summary>Lets products see what this thread has written to the group's memory; after a barrier all that all have.</summary>
    [IntrinsicImplementation]
    [Instruction("fence.proxy.async.shared::cta")]
    public static void ShowWrites()
    {
    }

    private static Quad<Quad<Quad<float>>> Multiply<TProduct>(Quad<Quad<Quad<float>>> sums, ref Quad<uint> rows, ref Quad<uint> columns)
        where TProduct : struct, IWordProduct
    {
        var all = MemoryMarshal.CreateSpan(ref sums.X.X.X, Sums);
        int warp = Group.LinearIndex / Warp.WarpSize % 4, row = (16 * warp) + (Warp.LaneIdx / 4), column = 2 * (Warp.LaneIdx % 4);
        for (int i = 0; i < Sums; i++)
        {
            for (int word = 0; word < Words; word++)
                all[i] += TProduct.Of(Word(ref rows, row + (8 * (i / 2 % 2)), word), Word(ref columns, (8 * (i / 4)) + column + (i % 2), word));
        }

        return sums;
    }

    private static uint Word(ref Quad<uint> operand, int row, int word)
    {
        int address = (RowBytes * row) + (sizeof(uint) * word);
        return Unsafe.AddByteOffset(ref operand.X, address ^ ((address >> 7 & 7) << 4));
    }
}
