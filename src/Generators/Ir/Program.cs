using System.Collections.Generic;
using System.Linq;

namespace MageDsl.Generators.Ir;

/// <summary>A dense tensor in memory, row-major over its axes.</summary>
/// <param name="Name">Its name in generated code.</param>
/// <param name="Type">What its elements are.</param>
/// <param name="Axes">Its axes, the densest last.</param>
/// <param name="IsShort">Whether a device that multiplies in bfloat16 keeps its elements in 16 bits.</param>
internal sealed record BufferModel(string Name, ValueType Type, EquatableArray<string> Axes, bool IsShort = false);

/// <summary>A value that a program leaves in a buffer.</summary>
internal sealed record ProgramOutput(int Value, BufferModel Buffer);

/// <summary>
/// What is compiled at once: the forward pass of a kernel, or its backward pass. An axis may be a product of several, written
/// <c>h*w</c>, where the program never tells them apart.
/// </summary>
internal sealed record Program(
    Graph Graph, IReadOnlyDictionary<string, BufferModel> Inputs, IReadOnlyList<ProgramOutput> Outputs, IReadOnlyDictionary<string, int> FixedSizes)
{
    /// <summary>What the author of the kernel decided.</summary>
    public KernelChoices Choices { get; init; } = KernelChoices.Auto;

    /// <summary>The scalars that its graph names.</summary>
    public LaunchScalars Scalars { get; init; } = LaunchScalars.None;

    /// <summary>The sums that are contractions, with their operands; empty until a pass has looked for them.</summary>
    public IReadOnlyDictionary<int, Contraction> Contractions { get; init; } = new Dictionary<int, Contraction>();

    /// <summary>What a node reads: of a contraction its two operands, not their product.</summary>
    public IEnumerable<int> Operands(int id) =>
        Contractions.TryGetValue(id, out var contraction) ? new[] { contraction.Left, contraction.Right } : Graph[id].Args;

    /// <summary>Every node that the outputs need, in ascending order.</summary>
    public SortedSet<int> Reachable => Graph.Nodes.Reachable(Outputs.Select(o => o.Value));

    /// <summary>Pairs of axes of one size: the second is the first under another name, or the other way round.</summary>
    public IReadOnlyList<(string, string)> Renames { get; init; } = System.Array.Empty<(string, string)>();

    /// <summary>Whether one axis is the other under another name, rather than a part of it.</summary>
    public bool IsRename(string axis, string other) => Renames.Contains((axis, other)) || Renames.Contains((other, axis));

    /// <summary>All buffers that come from or go outside.</summary>
    public IEnumerable<BufferModel> Buffers => Inputs.Values.Concat(Outputs.Select(o => o.Buffer));
}
