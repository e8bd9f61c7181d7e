using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// The same as <see cref="WarpGroups"/> for 64 rows and 256 columns, 128 sums a lane, which read each row for twice as many products. A sum begins
/// anew where it is said so, so that a group can go from tile to tile.
/// </summary>
internal static class WideWarpGroups
{
    private const string Begin = WarpGroups.Operands + "setp.ne.s32 adds, %2, 0; " + WarpGroups.Fence, On = "setp.eq.u32 adds, high, high; ";
    private const string Tf32 = "wgmma.mma_async.sync.aligned.m64n256k8.f32.tf32.tf32 {%n0-127}, left, right, adds, 1, 1; ";
    private const string BFloat16 = "wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16 {%n0-127}, left, right, adds, 1, 1, ";
    private const string Tf32Next = Tf32 + WarpGroups.NextLeft + WarpGroups.NextRight;
    private const string Rows = BFloat16 + "0, 0; ", RowsNext = Rows + WarpGroups.NextLeft + WarpGroups.NextRight;
    private const string TurnedLeft = BFloat16 + "1, 0; ", TurnedLeftNext = TurnedLeft + WarpGroups.NextTurnedLeft + WarpGroups.NextRight;
    private const string TurnedRight = BFloat16 + "0, 1; ", TurnedRightNext = TurnedRight + WarpGroups.NextLeft + WarpGroups.NextTurnedRight;
    private const string Turned = BFloat16 + "1, 1; ", TurnedNext = Turned + WarpGroups.NextTurnedLeft + WarpGroups.NextTurnedRight;

    private const int Sums = 128, PartSums = Sums / 4;

    /// <summary>Gives each lane its sums. Once in a kernel.</summary>
    [IntrinsicImplementation]
    [Instruction(".reg .f32 sum<128>")]
    public static void Declare() => WarpGroups.Keep(Sums);

    /// <summary>Lets them be nothing, before the first of all products.</summary>
    [IntrinsicImplementation]
    [Instruction("mov.f32 %n, 0f00000000", Times = Sums)]
    public static void Clear() => WarpGroups.Clear();

    /// <inheritdoc cref="WarpGroups.MultiplyTf32"/>
    /// <param name="rows">The left operand, in the group's memory.</param>
    /// <param name="columns">The right one.</param>
    /// <param name="adds">0 if the sums begin with these products.</param>
    [IntrinsicImplementation]
    [Instruction(Begin + Tf32Next + On + Tf32Next + Tf32Next + Tf32 + WarpGroups.End)]
    public static void MultiplyTf32(ref Quad<uint> rows, ref Quad<uint> columns, int adds)
    {
        Restart(adds);
        WarpGroups.MultiplyTf32(ref rows, ref columns);
    }

    /// <inheritdoc cref="MultiplyTf32"/>
    [IntrinsicImplementation]
    [Instruction(Begin + RowsNext + On + RowsNext + RowsNext + Rows + WarpGroups.End)]
    public static void MultiplyBFloat16(ref Quad<uint> rows, ref Quad<uint> columns, int adds)
    {
        Restart(adds);
        WarpGroups.MultiplyBFloat16(ref rows, ref columns);
    }

    /// <summary>The same, of a left operand that lies as 64 terms of 64 rows each.</summary>
    /// <inheritdoc cref="MultiplyTf32"/>
    [IntrinsicImplementation]
    [Instruction(Begin + TurnedLeftNext + On + TurnedLeftNext + TurnedLeftNext + TurnedLeft + WarpGroups.End)]
    public static void MultiplyTurnedLeft(ref Quad<uint> rows, ref Quad<uint> columns, int adds)
    {
        Restart(adds);
        WarpGroups.MultiplyTurnedLeft(ref rows, ref columns);
    }

    /// <summary>The same, of a right operand that lies as 64 terms of 64 columns each, and those of the next 64 columns behind them.</summary>
    /// <inheritdoc cref="MultiplyTf32"/>
    [IntrinsicImplementation]
    [Instruction(Begin + TurnedRightNext + On + TurnedRightNext + TurnedRightNext + TurnedRight + WarpGroups.End)]
    public static void MultiplyTurnedRight(ref Quad<uint> rows, ref Quad<uint> columns, int adds)
    {
        Restart(adds);
        WarpGroups.MultiplyTurnedRight(ref rows, ref columns);
    }

    /// <summary>The same, of two such operands.</summary>
    /// <inheritdoc cref="MultiplyTf32"/>
    [IntrinsicImplementation]
    [Instruction(Begin + TurnedNext + On + TurnedNext + TurnedNext + Turned + WarpGroups.End)]
    public static void MultiplyTurned(ref Quad<uint> rows, ref Quad<uint> columns, int adds)
    {
        Restart(adds);
        WarpGroups.MultiplyTurned(ref rows, ref columns);
    }

    /// <summary>The sums of the first 64 columns; which ones a lane has <see cref="WarpGroups.MultiplyTf32"/> says.</summary>
    [IntrinsicImplementation]
    [Instruction("mov.f32 %0, %n", Times = PartSums)]
    public static Pair<Quad<Quad<float>>> Read0() => Part(0);

    /// <summary>The sums of columns 64 to 127.</summary>
    [IntrinsicImplementation]
    [Instruction("mov.f32 %0, %n", Times = PartSums, From = PartSums)]
    public static Pair<Quad<Quad<float>>> Read1() => Part(1);

    /// <summary>The sums of columns 128 to 191.</summary>
    [IntrinsicImplementation]
    [Instruction("mov.f32 %0, %n", Times = PartSums, From = 2 * PartSums)]
    public static Pair<Quad<Quad<float>>> Read2() => Part(2);

    /// <summary>The sums of columns 192 to 255.</summary>
    [IntrinsicImplementation]
    [Instruction("mov.f32 %0, %n", Times = PartSums, From = 3 * PartSums)]
    public static Pair<Quad<Quad<float>>> Read3() => Part(3);

    // Lanes are together here, so that one may say that all have read what was before.
    private static void Restart(int adds)
    {
        Warp.Barrier();
        if (adds == 0) WarpGroups.Clear();
    }

    private static Pair<Quad<Quad<float>>> Part(int number)
        => MemoryMarshal.Read<Pair<Quad<Quad<float>>>>(MemoryMarshal.AsBytes(WarpGroups.Kept.Slice(number * PartSums, PartSums)));
}
