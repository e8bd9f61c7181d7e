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
    private readonly Dictionary<IMethodSymbol, IOperation?> bodies = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<IMethodSymbol, Signature> signatures = new(SymbolEqualityComparer.Default);

    public ParseContext(Compilation compilation, CancellationToken cancellation, AxisMeetings? meetings = null)
    {
        Compilation = compilation;
        Cancellation = cancellation;
        Axes = new AxisNames(meetings ?? new AxisMeetings(System.Array.Empty<string>()));
        Graph = new ReadGraph(Axes);
    }

    public Compilation Compilation { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>What axes are called in the graph.</summary>
    public AxisNames Axes { get; }

    public ReadGraph Graph { get; }

    /// <summary>How the sizes of axes that views make follow from others.</summary>
    public List<KernelSizeRule> Rules { get; } = new();

    /// <summary>Where the views of rules were written.</summary>
    public Dictionary<KernelSizeRule, Location> RulePlaces { get; } = new();

    /// <summary>For each random node, the value whose axes it takes.</summary>
    public Dictionary<int, int> Likes { get; } = new();

    /// <summary>For each index and size, the values that it was taken of.</summary>
    public Dictionary<int, List<int>> SizeLikes { get; } = new();

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

    /// <summary>How many expressions have been read so far.</summary>
    public int Expressions { get; set; }

    /// <summary>The expression that the kernel itself returns, for errors about results.</summary>
    public SyntaxNode? Returned { get; set; }

    /// <summary>A called definition is wrong by itself: the report is there.</summary>
    public bool CalleeIsWrong { get; set; }

    /// <summary>What a definition does, as the C# compiler reads it: once, however often it is called.</summary>
    public IOperation? Body(IMethodSymbol method)
    {
        if (bodies.TryGetValue(method, out var known)) return known;
        var syntax = method.DeclaringSyntaxReferences[0].GetSyntax(Cancellation);
        KernelLimits.CheckNesting(syntax);
        return bodies[method] = Compilation.GetSemanticModel(syntax.SyntaxTree).GetOperation(syntax, Cancellation);
    }

    /// <summary>The signature of a definition that is called; what is wrong with it is reported where it is compiled itself.</summary>
    public Signature Called(IMethodSymbol method)
    {
        if (!signatures.TryGetValue(method, out var known))
        {
            signatures.Add(method, known = Signature.Read(method, new ParseContext(Compilation, Cancellation)));
        }
        return known;
    }

    public bool IsInlining => Calls.Count > 1;

    public void Report(KernelError error)
    {
        if (error.Descriptor != null) Diagnostics.Add(error.ToInfo());
    }

    public void Report(DiagnosticDescriptor descriptor, Location location, string message) =>
        Report(new KernelError(descriptor, location, message));

    /// <summary>
    /// The axis whose size follows by a rule, which is for its written name. The rule's place, at the call if it is a callee's, is noted by
    /// <see cref="Note"/>.
    /// </summary>
    public string MakeAxis(KernelSizeRule rule)
    {
        var axis = Axes.Made(rule);
        rule = rule with { Axis = axis };
        if (axis != rule.From && !Rules.Contains(rule)) Rules.Add(rule);
        return axis;
    }

    /// <summary>A view as the language has it: its new axes must be new to the value (later passes may read two axes in step).</summary>
    public int View(int value, string axis, AxisMap map)
    {
        var others = Graph.Axes(value).Where(a => a != axis).Select(AxisNames.Written).ToArray();
        foreach (var term in map.Terms)
        {
            if (others.Contains(AxisNames.Written(term.Axis)))
                throw new IrException($"the value has an axis '{AxisNames.Written(term.Axis)}' already: [{AxisNames.List(Graph.Axes(value))}]");
        }

        return Graph.View(value, axis, map);
    }

    /// <summary>Notes which values an index or a size is taken of; gives it back.</summary>
    public int Like(int sized, params int[] values)
    {
        if (!SizeLikes.TryGetValue(sized, out var list)) SizeLikes.Add(sized, list = new List<int>());
        list.AddRange(values.Where(v => !list.Contains(v)));
        return sized;
    }

    /// <summary>
    /// A C# scalar. Both sides of a condition are computed at launch: what would throw on the side that is not taken gets operands there
    /// that it does not throw for.
    /// </summary>
    public int Scalar(Op op, ValueType type, string detail, params int[] args)
    {
        if (Reached >= 0 && MayThrow(op, type, detail))
        {
            for (var i = 0; i < args.Length; i++)
            {
                args[i] = Graph.Scalar(
                    Op.Select, Graph[args[i]].Type, "", Reached, args[i], Harmless(Graph[args[i]].Type, op is Op.Div or Op.Rem && i == 1));
            }
        }

        return Graph.Scalar(op, type, detail, args);
    }

    private static bool MayThrow(Op op, ValueType type, string detail) =>
        op == Op.Call || detail == "checked" || (op is Op.Div or Op.Rem && type.IsWhole());

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
