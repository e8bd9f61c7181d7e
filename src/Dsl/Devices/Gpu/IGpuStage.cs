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

/// <summary>How many groups of a stage are to be on a multiprocessor at once, where its threads would take more registers than that leaves them.</summary>
/// <param name="count">So many groups.</param>
[AttributeUsage(AttributeTargets.Struct)]
internal sealed class GroupsAtOnceAttribute(int count) : Attribute
{
    /// <summary>So many groups.</summary>
    public int Count { get; } = count;
}
