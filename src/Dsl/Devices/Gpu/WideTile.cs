using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// A product of packed operands on tensor cores, in tiles of 128 x 256, one group to a multiprocessor, which goes from tile to tile. Of its warps one
/// has steps of both operands copied into shared memory, up to four ahead and into the next tile, while eight multiply, or finish what they have.
/// </summary>
[GroupsAtOnce(1, WideTile.Threads)]
internal struct WideTile<TStage, T, S, TProducts, V, M, L> : IGpuStage<WideTile<TStage, T, S, TProducts, V, M, L>>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TProducts : struct, IWideProducts
    where V : unmanaged
    where M : unmanaged
    where L : struct, ILanes<T, V, M>
{
    public GpuProduct<TStage, T> Product;
    public WideOperands Operands;

    public static void Run(WideTile<TStage, T, S, TProducts, V, M, L> tile)
    {
        var shared = SharedMemory.GetDynamic<Quad<uint>>();
        int lane = Group.IdxX, warp = Group.IdxY;
        if (warp == 0 && lane == 0)
        {
            for (int slot = 0; slot < WideTile.Slots; slot++)
            {
                Boxes.Initialize(ref shared[WideTile.Full + slot], 1);
                Boxes.Initialize(ref shared[WideTile.Empty + slot], WideTile.Multiplying);
            }

            shared[WideTile.Meeting] = default;
            shared[WideTile.Meeting + 1] = default;
            Boxes.ShowBarriers();
        }

        Group.Barrier();
        if (warp < WideTile.Copying)
        {
            Boxes.TakeFewRegisters();
            if (warp == 0 && lane == 0) Copy(tile.Product, tile.Operands, shared);
        }
        else
        {
            Boxes.TakeManyRegisters();
            Multiply(tile.Product, tile.Operands, shared, warp - WideTile.Copying, lane);
        }
    }

    private static void Copy(GpuProduct<TStage, T> product, WideOperands operands, ArrayView<Quad<uint>> shared)
    {
        int tiles = (int)product.Tiles, slot = 0, phase = 1;
        Boxes.Acquire(ref operands.Maps[operands.Left.Map]);
        Boxes.Acquire(ref operands.Maps[operands.Right.Map]);
        for (int number = Grid.IdxX; number < tiles; number += Grid.DimX)
        {
            var (batch, m, n) = product.Place(number, WideTile.Rows, WideTile.Columns);
            var (item, first, count) = operands.Shares.Of(batch);
            for (int step = first; step < first + count; step++)
            {
                int at = slot * WideTile.Step;
                Boxes.Wait(ref shared[WideTile.Empty + slot], phase);
                Boxes.Expect(ref shared[WideTile.Full + slot], WideTile.Step * WideTile.ChunkBytes);
                Copy(operands.Maps, operands.Left, TProducts.IsLeftTurned, WideTile.Rows, shared, at, m, step, item, WideTile.Full + slot);
                at += WideTile.LeftStep;
                Copy(operands.Maps, operands.Right, TProducts.IsRightTurned, WideTile.Columns, shared, at, n, step, item, WideTile.Full + slot);
                slot = slot == WideTile.Slots - 1 ? 0 : slot + 1;
                phase = slot == 0 ? 1 - phase : phase;
            }
        }
    }

    private static void Copy(
        ArrayView<Quad<uint>> maps, WideOperand operand, bool isTurned, int count, ArrayView<Quad<uint>> shared, int to, int own, int step, int item,
        int barrier)
    {
        int terms = step * WideTile.StepNumbers;
        if (!isTurned)
        {
            Boxes.Copy(ref shared[to], ref maps[operand.Map], terms, own, item * operand.Varies, ref shared[barrier]);
            return;
        }

        for (int box = 0; box < count / WideTile.StepNumbers; box++)
        {
            Boxes.Copy(
                ref shared[to + (box * WideTile.TurnedBox)], ref maps[operand.Map], own + (box * WideTile.StepNumbers), terms, item * operand.Varies,
                ref shared[barrier]);
        }
    }

    private static void Multiply(GpuProduct<TStage, T> product, WideOperands operands, ArrayView<Quad<uint>> shared, int warp, int lane)
    {
        int tiles = (int)product.Tiles, slot = 0, phase = 0;
        int half = warp / 4, thread = (warp % 4 * Warp.WarpSize) + lane;
        var results = shared.SubView(WideTile.Results + (half * WideTile.HalfResults), WideTile.HalfResults).Cast<T>();
        int place = (((warp % 4 * 16) + (lane / 4)) * WideTile.ResultStride) + (lane % 4 * 2);
        var own = results.SubView(place, (WideTile.HalfRows * WideTile.ResultStride) - place);
        WideWarpGroups.Declare();
        WideWarpGroups.Clear();
        for (int number = Grid.IdxX; number < tiles; number += Grid.DimX)
        {
            var (batch, m, n) = product.Place(number, WideTile.Rows, WideTile.Columns);
            int steps = operands.Shares.Of(batch).Count, last = 0;
            for (int step = 0; step < steps; step++)
            {
                int at = slot * WideTile.Step;
                Boxes.Wait(ref shared[WideTile.Full + slot], phase);
                TProducts.Multiply(ref shared[at + (half * WideTile.HalfStep)], ref shared[at + WideTile.LeftStep], step);

                // Now the step before has been read.
                if (step > 0 && lane == 0) Boxes.Arrive(ref shared[WideTile.Empty + last]);
                last = slot;
                slot = slot == WideTile.Slots - 1 ? 0 : slot + 1;
                phase = slot == 0 ? 1 - phase : phase;
            }

            WarpGroups.WaitForProducts();
            if (lane == 0) Boxes.Arrive(ref shared[WideTile.Empty + last]);
            for (int part = 0; part < 4; part++)
            {
                WideSums<T, S>.Put(own, part);
                Boxes.MeetFour(ref shared[WideTile.Meeting + half], 1 + half);
                WideSums<T, S>.Store<TStage, V, M, L>(
                    product, results, batch, m + (half * WideTile.HalfRows), n, part, thread, 128, WideTile.HalfRows);
                Boxes.MeetFour(ref shared[WideTile.Meeting + half], 1 + half);
            }
        }
    }
}

/// <summary>How wide tiles lie in shared memory, in chunks of 16 bytes.</summary>
internal static class WideTile
{
    /// <summary>Rows and columns of a tile, and rows of those four warps that multiply together.</summary>
    public const int Rows = 128, Columns = 256, HalfRows = Rows / 2;

    /// <summary>Warps that copy, of which one thread does, and that multiply.</summary>
    public const int Copying = 4, Multiplying = 8;

    /// <summary>Threads of a group.</summary>
    public const int Threads = 32 * (Copying + Multiplying);

    /// <summary>Steps that are in shared memory at once.</summary>
    public const int Slots = 4;

    /// <summary>Bytes of a chunk, and numbers of 16 bits that a step has of each row.</summary>
    public const int ChunkBytes = 16, StepNumbers = 64;

    /// <summary>What a step of 64 rows takes, or of 64 terms of 64 rows; of the left operand; and of both.</summary>
    public const int TurnedBox = StepNumbers * PackedOperands.Step, HalfStep = TurnedBox, LeftStep = 2 * HalfStep, Step = LeftStep + (4 * TurnedBox);

    /// <summary>Columns that are stored together, and numbers from row to row of these.</summary>
    public const int PartColumns = 64, ResultStride = PartColumns + 4;

    /// <summary>Where sums are on their way to be stored, those of each half.</summary>
    public const int Results = Slots * Step, HalfResults = HalfRows * ResultStride / 4;

    /// <summary>Barriers of steps that are there, and of those that have been read; and where halves meet.</summary>
    public const int Full = Results + (2 * HalfResults), Empty = Full + Slots, Meeting = Empty + Slots;

    /// <summary>All of it in bytes.</summary>
    public const int SharedBytes = ChunkBytes * (Meeting + 2);
}

/// <summary>An operand that lies as words, as wide tiles copy it.</summary>
internal struct WideOperand
{
    /// <summary>Its <see cref="BoxMap"/>, in chunks from the first.</summary>
    public int Map;

    /// <summary>1 if each item has its own, or else 0.</summary>
    public int Varies;
}

/// <summary>Both operands of a product in wide tiles.</summary>
internal struct WideOperands
{
    /// <summary>Maps of the device.</summary>
    public ArrayView<Quad<uint>> Maps;

    /// <summary>The operands.</summary>
    public WideOperand Left, Right;

    /// <inheritdoc cref="PackedOperands.Shares"/>
    public StepShares Shares;
}

/// <summary>By what wide tiles are multiplied.</summary>
internal interface IWideProducts
{
    /// <summary>Whether the left operand lies along its own axis.</summary>
    static abstract bool IsLeftTurned { get; }

    /// <summary>The same of the right one.</summary>
    static abstract bool IsRightTurned { get; }

    /// <summary>Adds the products of a step, which is read until the next one has been asked for.</summary>
    /// <param name="rows">64 rows of the left operand.</param>
    /// <param name="columns">The right one.</param>
    /// <param name="step">Its number; with the first the sums begin.</param>
    static abstract void Multiply(ref Quad<uint> rows, ref Quad<uint> columns, int step);
}

/// <inheritdoc cref="IWideProducts"/>
internal readonly struct WideProducts<TWord, TLeft, TRight> : IWideProducts
    where TWord : struct, IGroupWord
    where TLeft : struct, IStepLayout
    where TRight : struct, IStepLayout
{
    public static bool IsLeftTurned => TLeft.IsTurned;

    public static bool IsRightTurned => TRight.IsTurned;

    public static void Multiply(ref Quad<uint> rows, ref Quad<uint> columns, int step)
    {
        if (TLeft.IsTurned && TRight.IsTurned) WideWarpGroups.MultiplyTurned(ref rows, ref columns, step);
        else if (TLeft.IsTurned) WideWarpGroups.MultiplyTurnedLeft(ref rows, ref columns, step);
        else if (TRight.IsTurned) WideWarpGroups.MultiplyTurnedRight(ref rows, ref columns, step);
        else TWord.Multiply(ref rows, ref columns, step);
    }
}
