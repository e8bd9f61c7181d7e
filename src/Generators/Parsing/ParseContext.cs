using System.Collections.Generic;
using System.Linq;
using System.Threading;
using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Ir;
using Microsoft.CodeAnalysis;

namespace MageDsl.Generators.Parsing;

/// <summary>What is gathered while one kernel is read, its callees included.</summary>
internal sealed class ParseContext
{
    public ParseContext(Compilation compilation, CancellationToken cancellation)
    {
        Compilation = compilation;
        Cancellation = cancellation;
    }

    public Compilation Compilation { get; }

    public CancellationToken Cancellation { get; }

    public Graph Graph { get; } = new();

    /// <summary>How the sizes of axes that views make follow from others.</summary>
    public List<AxisRule> Rules { get; } = new();

    /// <summary>Where the views of rules were written.</summary>
    public Dictionary<AxisRule, Location> RulePlaces { get; } = new();

    /// <summary>For each random node, the value whose axes it takes.</summary>
    public Dictionary<int, int> Likes { get; } = new();

    /// <summary>Where each node was written; a node of a callee is at the outermost call.</summary>
    public Dictionary<int, Location> Spans { get; } = new();

    /// <summary>Where each node was written, be it in a callee: what a debugger shows.</summary>
    public Dictionary<int, Location> Origins { get; } = new();

    /// <summary>Sizes that a call or an index relies on, checked when all sizes are known.</summary>
    public List<SizeDemand> Demands { get; } = new();

    public List<DiagnosticInfo> Diagnostics { get; } = new();

    /// <summary>The definitions that are being inlined, the kernel itself first.</summary>
    public Stack<IMethodSymbol> Calls { get; } = new();

    /// <summary>The flag that is true where the code that is read is reached, or -1 if it always is.</summary>
    public int Reached { get; set; } = -1;

    /// <summary>The expression that the kernel itself returns, for errors about results.</summary>
    public SyntaxNode? Returned { get; set; }

    /// <summary>A called definition is wrong by itself: the report is there.</summary>
    public bool CalleeIsWrong { get; set; }

    public bool IsInlining => Calls.Count > 1;

    public void Report(KernelError error)
    {
        if (error.Descriptor != null) Diagnostics.Add(error.ToInfo());
    }

    public void Report(DiagnosticDescriptor descriptor, Location location, string message) =>
        Report(new KernelError(descriptor, location, message));

    /// <summary>Adds a rule; its place, at the call if it is a callee's, is noted by <see cref="Note"/>.</summary>
    public void AddRule(AxisRule rule)
    {
        if (!Rules.Contains(rule)) Rules.Add(rule);
    }

    /// <summary>A view as the language has it: its new axes must be new to the value (later passes may read two axes in step).</summary>
    public int View(int value, string axis, AxisMap map)
    {
        var axes = Graph.Axes(value);
        foreach (var term in map.Terms)
            if (term.Axis != axis && axes.Contains(axis) && axes.Contains(term.Axis))
                throw new IrException($"the value has an axis '{term.Axis}' already: [{string.Join(" ", axes)}]");
        return Graph.View(value, axis, map);
    }

    /// <summary>
    /// A C# scalar. Both sides of a condition are computed at launch: what would throw on the side that is not taken gets operands there
    /// that it does not throw for.
    /// </summary>
    public int Scalar(Op op, ValueType type, string detail, params int[] args)
    {
        if (Reached >= 0 && MayThrow(op, type, detail))
            for (var i = 0; i < args.Length; i++)
                args[i] = Graph.Scalar(Op.Select, Graph[args[i]].Type, "", Reached, args[i], Harmless(Graph[args[i]].Type, op is Op.Div or Op.Rem && i == 1));
        return Graph.Scalar(op, type, detail, args);
    }

    private static bool MayThrow(Op op, ValueType type, string detail) => op == Op.Call || detail == "checked" || (op is Op.Div or Op.Rem && type.IsWhole());

    private int Harmless(ValueType type, bool isDivisor) =>
        type == ValueType.Flag ? Graph.Literal(false) : Graph.Scalar(Op.Convert, type, "", Graph.Literal(isDivisor ? 1 : 0));

    /// <summary>Notes the place of every node made since <paramref name="before"/> that has none yet.</summary>
    public void Note(int before, Location location)
    {
        for (var id = before; id < Graph.Nodes.Count; id++)
        {
            if (!Origins.ContainsKey(id)) Origins.Add(id, location);
            if (!IsInlining && !Spans.ContainsKey(id)) Spans.Add(id, location);
        }
        if (IsInlining) return;
        foreach (var rule in Rules)
            if (!RulePlaces.ContainsKey(rule)) RulePlaces.Add(rule, location);
    }
}

/// <summary>An axis must have this size (<see cref="Exact"/>), or at least this one.</summary>
internal sealed record SizeDemand(string Axis, int Size, bool Exact, Location Location, string Message);
