using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends;

/// <summary>The code of one launch.</summary>
/// <param name="Plan">What is launched.</param>
/// <param name="Template">How it runs, for people.</param>
/// <param name="Comment">What it computes, for people.</param>
/// <param name="Buffers">The names of the buffers that it reads or writes.</param>
internal abstract record LaunchCode(LaunchPlan Plan, string Template, string Comment, IReadOnlyCollection<string> Buffers)
{
    /// <summary>The types that it consists of, those that other launches share included; written when somebody wants to see them.</summary>
    public abstract string Source { get; }

    /// <summary>The type that is compiled for the device when it is first launched; null if the build has done so.</summary>
    public virtual string? CompiledLate => null;
}

/// <summary>The code of a program for one kind of device.</summary>
/// <param name="Plan">The program.</param>
/// <param name="Launches">Its launches, in order.</param>
/// <param name="Body">Temporaries and launches, as the end of a method whose locals are the tensors, scalars and sizes.</param>
internal sealed record ProgramCode(ProgramPlan Plan, IReadOnlyList<LaunchCode> Launches, string Body)
{
    public Schedule Schedule => Plan.Schedule;

    /// <summary>Whether a buffer is needed, as a condition in the generated code; null where all that a program has is.</summary>
    public string? Condition(BufferModel buffer) => Condition(Plan, Launches, buffer);

    /// <summary>The same before the body is written.</summary>
    public static string? Condition(ProgramPlan plan, IEnumerable<LaunchCode> launches, BufferModel buffer) => !plan.IsConditional ? null
        : Condition(launches.Where(l => l.Buffers.Contains(buffer.Name)).Aggregate(0L, (mask, launch) => mask | launch.Plan.Wanted));

    /// <summary>Whether any of some outputs is wanted.</summary>
    public static string Condition(long outputs) => $"(_wanted & {CSharpText.Mask(outputs)}) != 0";
}
