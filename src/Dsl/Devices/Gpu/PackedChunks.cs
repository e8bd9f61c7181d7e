using ILGPU;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>What a thread copies of a step of 128 rows.</summary>
internal static class PackedChunks
{
    /// <summary>Places of four chunks, so many further on.</summary>
    public static Quad<int> Add(Quad<int> places, int from) => new(places.X + from, places.Y + from, places.Z + from, places.W + from);

    /// <summary>Has four chunks copied that follow each other in shared memory as <see cref="StepLayout"/> says.</summary>
    public static void Copy(PackedOperand operand, ArrayView<Quad<uint>> shared, int to, Quad<int> from, int at)
    {
        var chunks = shared.SubView(to, (3 * StepLayout.Between) + 1);
        TensorCores.Copy(ref chunks[0], ref operand.Chunks[from.X + at]);
        TensorCores.Copy(ref chunks[StepLayout.Between], ref operand.Chunks[from.Y + at]);
        TensorCores.Copy(ref chunks[2 * StepLayout.Between], ref operand.Chunks[from.Z + at]);
        TensorCores.Copy(ref chunks[3 * StepLayout.Between], ref operand.Chunks[from.W + at]);
    }
}
