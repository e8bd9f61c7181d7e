namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// How many groups of a stage, or of one that is made of this type, are to be on a multiprocessor at once, where its threads would take more
/// registers than that leaves them.
/// </summary>
/// <param name="count">So many groups.</param>
/// <param name="threads">The most threads of each.</param>
[AttributeUsage(AttributeTargets.Struct)]
internal sealed class GroupsAtOnceAttribute(int count, int threads) : Attribute
{
    /// <summary>So many groups.</summary>
    public int Count { get; } = count;

    /// <summary>The most threads of each.</summary>
    public int Threads { get; } = threads;
}
