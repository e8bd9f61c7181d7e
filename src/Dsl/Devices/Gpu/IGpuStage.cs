using System.ComponentModel;

namespace MageDsl.Devices.Gpu;

/// <summary>A launch: its arguments, and what a thread does with them.</summary>
/// <typeparam name="TStage">The struct itself: views and scalars.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGpuStage<TStage>
    where TStage : struct, IGpuStage<TStage>
{
    /// <summary>What a thread does, which knows its place by <c>Grid</c> and <c>Group</c>. Compiled for the device: only what ILGPU knows.</summary>
    static abstract void Run(TStage stage);
}
