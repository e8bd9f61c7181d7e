using System.Collections.Generic;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Pipeline;

/// <summary>Is shown what every pass hands on. Tests verify it; in a build nobody looks.</summary>
internal interface IPassObserver
{
    /// <summary>Values of a graph, after a pass that has no program yet.</summary>
    void Values(string pass, IReadOnlyList<Node> nodes, IEnumerable<int> values);

    /// <summary>A program, after a pass that rewrote it.</summary>
    void Program(string pass, Program program);

    /// <summary>The stages before anything has a place.</summary>
    void Partition(Partition partition);

    /// <summary>The stages with their places.</summary>
    void Schedule(Schedule schedule);
}
