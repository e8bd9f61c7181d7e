using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>Packs an operand that lies along k: a thread makes a chunk.</summary>
internal struct PackAlongK<TStage, T, S, TWord, TOperand> : IGpuStage<PackAlongK<TStage, T, S, TWord, TOperand>>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TWord : struct, IOperandWord
    where TOperand : struct, IOperand<TStage, T>
{
    public GpuProduct<TStage, T> Product;
    public ArrayView<Quad<uint>> To;

    /// <inheritdoc cref="PackedOperand.Pitch"/>
    public int Pitch;

    public static void Run(PackAlongK<TStage, T, S, TWord, TOperand> pack)
    {
        int at = GpuThread.Index, row = at / pack.Pitch, count = TOperand.Count(pack.Product.Sizes);
        if (at >= pack.To.IntLength) return;
        int term = at % pack.Pitch * 4 * TWord.Terms;
        pack.To[at] = OperandWords<TOperand, TStage, T, S, TWord>.Four(pack.Product, row / count, row % count, term);
    }
}

/// <summary>
/// Packs an operand that lies along its own axis: a group turns 64 rows or columns of a step in shared memory, so that neighbours are read and
/// neighbours are written.
/// </summary>
internal struct PackTurned<TStage, T, S, TWord, TOperand> : IGpuStage<PackTurned<TStage, T, S, TWord, TOperand>>
    where TStage : struct, IGpuContraction<TStage, T>
    where T : unmanaged
    where S : struct, IScalar<T>
    where TWord : struct, IOperandWord
    where TOperand : struct, IOperand<TStage, T>
{
    /// <summary>Rows or columns of a group.</summary>
    public const int Own = 64;

    private const int Lanes = 32, Words = 4 * PackedOperands.Step, Stride = Words + 1;

    public GpuProduct<TStage, T> Product;
    public ArrayView<Quad<uint>> To;

    /// <inheritdoc cref="PackedOperand.Pitch"/>
    public int Pitch;

    public static void Run(PackTurned<TStage, T, S, TWord, TOperand> pack)
    {
        var words = SharedMemory.Allocate<uint>(Own * Stride);
        int thread = (Group.IdxY * Lanes) + Group.IdxX, count = TOperand.Count(pack.Product.Sizes);
        int steps = pack.Pitch / PackedOperands.Step, step = Grid.IdxX % steps, tiles = (count + Own - 1) / Own;
        int first = Grid.IdxX / steps % tiles * Own, item = Grid.IdxX / steps / tiles;
        for (int word = thread / (Own / 4); word < Words; word += Words / 2)
        {
            int own = thread % (Own / 4) * 4;
            var four = OperandWords<TOperand, TStage, T, S, TWord>.Four(
                pack.Product, item, first + own, ((step * Words) + word) * TWord.Terms);
            words[(own * Stride) + word] = four.X;
            words[((own + 1) * Stride) + word] = four.Y;
            words[((own + 2) * Stride) + word] = four.Z;
            words[((own + 3) * Stride) + word] = four.W;
        }

        Group.Barrier();
        for (int own = thread / PackedOperands.Step; own < Own; own += Own / 2)
        {
            int chunk = thread % PackedOperands.Step, from = (own * Stride) + (4 * chunk);
            if (first + own < count)
            {
                pack.To[(((item * count) + first + own) * pack.Pitch) + (step * PackedOperands.Step) + chunk]
                    = new(words[from], words[from + 1], words[from + 2], words[from + 3]);
            }
        }
    }
}
