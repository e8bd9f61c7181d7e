using System.Collections.Generic;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Passes;

/// <summary>Is shown what every pass hands on. Tests verify it; in a build nobody looks.</summary>
internal interface IPassObserver
{
    /// <summary>Values of a graph, after a pass that has no program yet.</summary>
    void Values(string pass, IReadOnlyList<Node> nodes, IEnumerable<int> values);

    /// <summary>A program, after a pass that rewrote it.</summary>
    void Program(string pass, Program program);

    /// <summary>The stages before anything has a place.</summary>
    void Partition(Program program, IReadOnlyList<Stage> stages, IReadOnlyDictionary<int, int> stageOf, Anchors anchors);

    /// <summary>The stages with their places.</summary>
    void Schedule(Schedule schedule);
}

/// <summary>The observer, if there is one.</summary>
internal static class PassObserver
{
    public static IPassObserver? Current { get; set; }

    /// <summary>Shows a program and hands it on.</summary>
    public static Program Seen(string pass, Program program)
    {
        Current?.Program(pass, program);
        return program;
    }
}
