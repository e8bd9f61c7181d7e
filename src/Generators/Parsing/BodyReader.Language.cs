using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Ir;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace MageDsl.Generators.Parsing;

// Calls of the language: Ops and members of Expr.
internal sealed partial class BodyReader
{
    private Value Call(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (Symbols.IsOps(method.ContainingType)) return new NodeValue(CallOps(call));
        if (Symbols.IsExpr(method.ContainingType) && call.Instance != null) return new NodeValue(CallMember(call));
        if (Symbols.IsKernelMethod(method)) return Inline(call);
        if (IsOfScalars(method)) return new NodeValue(CallOfScalars(call));
        throw new KernelError(
            Descriptors.ForeignCall, Place(call),
            $"'{method.ContainingType?.Name}.{method.Name}' is not a kernel: a definition calls Ops, members of Expr and other [Kernel] methods");
    }

    private int CallOps(IInvocationOperation call)
    {
        var name = call.TargetMethod.Name;
        var arguments = call.Arguments;
        switch (name)
        {
            case "Sum" or "Mean" or "ArgMax" or "ArgMin":
            case "Max" or "Min" when call.TargetMethod.Parameters[1].Type.SpecialType == SpecialType.System_String:
                return Reduce(call, name, Node(Argument(arguments, 0)), AxisList(Argument(arguments, 1)));
            case "Select":
                return Select(Node(Argument(arguments, 0)), Node(Argument(arguments, 1)), Node(Argument(arguments, 2)));
            case "Gather":
                var table = Node(Argument(arguments, 0));
                var rows = Need(call, table, Axis(Argument(arguments, 1)), "Gather");
                return Graph.Gather(table, rows, Node(Argument(arguments, 2)));
            case "Index":
                return Graph.Index(Sized(NewAxis(Argument(arguments, 0)), Argument(arguments, 1)));
        }
        if (Elementwise(name) is not { } op || OpFacts.Of(op).Arity != arguments.Length)
            throw new KernelError(Descriptors.ForeignCall, Place(call), $"Ops.{name} is unknown to this version of the compiler");
        var operands = new int[arguments.Length];
        for (var i = 0; i < operands.Length; i++) operands[i] = Node(Argument(arguments, i));
        return Graph.Map(op, operands);
    }

    private int Reduce(IOperation at, string name, int value, IReadOnlyList<string> over)
    {
        over = over.Select(axis => Need(at, value, axis, name)).ToArray();
        if (name != "Mean")
        {
            return Graph.Reduce(
                name switch { "Sum" => Op.ReduceSum, "Max" => Op.ReduceMax, "Min" => Op.ReduceMin, "ArgMax" => Op.ArgMax, _ => Op.ArgMin },
                value, over);
        }
        var sum = Graph.Reduce(Op.ReduceSum, value, over);
        var count = over.Select(axis => context.Like(Graph.Size(axis), value)).Aggregate((a, b) => Graph.Map(Op.Mul, a, b));
        return Graph.Map(Op.Div, sum, count);
    }

    /// <summary>The primitive that a function of the language is, which has its name.</summary>
    private static Op? Elementwise(string name) =>
        Enum.TryParse(name, out Op op) && OpFacts.Of(op).Kind == OpKind.Elementwise ? op : null;

    private int CallMember(IInvocationOperation call)
    {
        var value = Node(call.Instance!);
        var arguments = call.Arguments;
        var name = call.TargetMethod.Name;
        if (name is not ("Rename" or "Flip" or "Slice" or "Window" or "Size" or "SizeOf" or "Index" or "Random"))
            throw new KernelError(Descriptors.ForeignCall, Place(call), $"Expr.{name} is not part of what a kernel can hold");
        if (name == "Random")
        {
            var random = Graph.Random(Graph.Axes(value), Node(Argument(arguments, 0)), Whole(Argument(arguments, 1), 0));
            if (!context.Likes.ContainsKey(random)) context.Likes.Add(random, value);
            return random;
        }
        var written = Axis(Argument(arguments, 0));
        // The size of a new axis may be known here, though not to the value.
        if (name == "Index" && Graph.Find(value, written) is null && sizes.TryGetValue(written, out var sized)) return Graph.Index(sized);
        var axis = Need(call, value, written, name);
        switch (name)
        {
            case "Rename":
                return Rename(value, axis, NewAxis(Argument(arguments, 1)));
            case "Flip":
                return context.View(value, axis, AxisMap.Flip(axis));
            case "Slice":
                return Slice(value, axis, NewAxis(Argument(arguments, 1)), Whole(Argument(arguments, 2), 0), Whole(Argument(arguments, 3), 0));
            case "Window":
                var (into, by) = (NewAxis(Argument(arguments, 1)), NewAxis(Argument(arguments, 2)));
                var like = Need(call, Node(Argument(arguments, 3)), by, "Window, whose size comes from 'like'");
                return Window(value, axis, into, like, Whole(Argument(arguments, 4), 1), Whole(Argument(arguments, 5), 0));
            case "Size":
                return context.Like(Graph.Size(axis), value);
            case "SizeOf":
                return context.Like(Graph.SizeOf(axis), value);
            default:
                return context.Like(Graph.Index(axis), value);
        }
    }

    /// <summary>A new axis whose size is given: a constant, or that of another axis.</summary>
    private string Sized(string written, IOperation size)
    {
        var node = Graph[Node(size)];
        return SizedBy(written, node) ?? throw new KernelError(
            Descriptors.NotConstant, size.Syntax.GetLocation(),
            $"'{size.Syntax}' cannot be the size of axis '{written}': give a constant of 1 or more, a parameter marked [Size(\"{written}\")], " +
            "or SizeOf of a value that has one of this size");
    }

    /// <summary>The axis with this written name and size; null if the value is no size.</summary>
    private string? SizedBy(string written, Node size) => size switch
    {
        { Op: Op.Size } when AxisNames.Written(size.Name) == written => size.Name,
        { Op: Op.Size } => context.MakeAxis(new KernelSizeRule(written, size.Name, "", 0, 1)),
        { Op: Op.Const, Type: Ir.ValueType.Int } when (int)ScalarText.Value(size) is >= 1 and var constant =>
            context.MakeAxis(new KernelSizeRule(written, "", "", constant, 1)),
        _ => null,
    };

    private int Pick(int value, ImmutableArray<IArgumentOperation> arguments, IOperation at)
    {
        var written = Axis(Argument(arguments, 0));
        var axis = Need(at, value, written, "the index");
        var index = Whole(Argument(arguments, 1), -int.MaxValue);
        var map = new AxisMap(default, index, 1, false);
        context.Demands.Add(new SizeDemand(axis, map.Least, false, at.Syntax.GetLocation(), $"index {index} is outside axis '{written}'"));
        return context.View(value, axis, map);
    }

    private int Rename(int value, string axis, string into)
    {
        if (AxisNames.Written(axis) == into) return value;
        into = context.MakeAxis(new KernelSizeRule(into, axis, "", 0, 1));
        return context.View(value, axis, new AxisMap(EquatableArray.Of(new AxisTerm(into, 1)), 0, 1, false));
    }

    private int Slice(int value, string axis, string into, int start, int trim)
    {
        if (AxisNames.Written(axis) == into)
        {
            throw new IrException($"Slice: give the slice of '{into}' a name of its own; an axis name has one size where values meet");
        }
        into = context.MakeAxis(new KernelSizeRule(into, axis, "", -(start + trim), 1));
        return context.View(value, axis, new AxisMap(EquatableArray.Of(new AxisTerm(into, 1)), start, 1, false));
    }

    private int Window(int value, string axis, string into, string by, int stride, int pad)
    {
        var (from, width) = (AxisNames.Written(axis), AxisNames.Written(by));
        if (from == into || from == width || into == width)
            throw new IrException($"Window: '{from}', '{into}' and '{width}' must be three names; an axis name has one size where values meet");
        if (stride == 0) throw new IrException("Window: the stride must be 1 or more");
        // Without padding every element is inside; with it, those outside are zero.
        into = context.MakeAxis(new KernelSizeRule(into, axis, by, 2 * pad, stride));
        var terms = EquatableArray.Of(new AxisTerm(into, stride), new AxisTerm(by, 1));
        return context.View(value, axis, new AxisMap(terms, -pad, 1, pad > 0));
    }

    /// <summary>The axis of a value that is written so.</summary>
    private string Need(IOperation at, int value, string axis, string what)
    {
        if (Graph.Find(value, axis) is { } found) return found;
        var nearest = NearestWord.Of(axis, Graph.Axes(value).Select(AxisNames.Written).ToArray());
        throw new KernelError(
            Descriptors.Axes, Place(at),
            $"{what}: there is no axis '{axis}' in " +
            $"{AxisSources.All(Graph, value)}{(nearest is null ? Advice(value, axis, what) : $"; did you mean '{nearest}'?")}",
            nearest is null ? null : new Correction(axis, nearest));
    }

    /// <summary>What to do about an axis that a value lacks, where it is no slip of the pen.</summary>
    private string Advice(int value, string axis, string what)
    {
        if (what == "Index") return $"; for a new axis write Index(\"{axis}\", size), without a value before it";
        var holder = Graph.Nodes.FirstOrDefault(n => n.Op == Op.Input && n.Axes.Any(a => AxisNames.Written(a) == axis));
        if (holder != null) return $"; parameter '{holder.Name}' has it";
        return Graph.Axes(value).Count == 0
            ? ""
            : $"; a second axis of the size of one that is there is made by Rename, as Rename(\"{AxisNames.Written(Graph.Axes(value)[0])}\", " +
                $"into: \"{axis}\")";
    }

    private static IOperation Argument(ImmutableArray<IArgumentOperation> arguments, int ordinal) =>
        arguments.FirstOrDefault(a => a.Parameter?.Ordinal == ordinal)?.Value ?? throw KernelError.Reported();

    private static string Axis(IOperation operation)
    {
        var text = Text(operation);
        if (text.Length == 0 || text.Any(char.IsWhiteSpace))
        {
            throw new KernelError(Descriptors.Axes, operation.Syntax.GetLocation(), $"\"{text}\" is not the name of one axis");
        }
        return text;
    }

    /// <summary>The name of an axis that a view makes: as in a layout, so that generated code can use it.</summary>
    private static string NewAxis(IOperation operation)
    {
        var name = Axis(operation);
        if (Layout.NameProblem(name) is var (id, problem))
        {
            throw new KernelError(
                id == Descriptors.ReservedName.Id ? Descriptors.ReservedName : Descriptors.Axes, operation.Syntax.GetLocation(), problem);
        }
        return name;
    }

    private static IReadOnlyList<string> AxisList(IOperation operation)
    {
        var names = Text(operation).Split(new[] { ' ' }, System.StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0) throw new KernelError(Descriptors.Axes, operation.Syntax.GetLocation(), "no axis is named");
        if (names.Distinct().Count() != names.Length)
        {
            throw new KernelError(Descriptors.Axes, operation.Syntax.GetLocation(), $"\"{string.Join(" ", names)}\" names an axis twice");
        }
        return names;
    }

    private static string Text(IOperation operation) =>
        operation.ConstantValue is { HasValue: true, Value: string text } ? text
            : throw new KernelError(
                Descriptors.NotConstant, operation.Syntax.GetLocation(),
                $"'{operation.Syntax}' must be a constant string: axes are known at compile time");

    private static int Whole(IOperation operation, int least)
    {
        if (operation.ConstantValue is not { HasValue: true, Value: int number })
            throw new KernelError(Descriptors.NotConstant, operation.Syntax.GetLocation(), $"'{operation.Syntax}' must be a constant int");
        return number >= least ? number
            : throw new KernelError(Descriptors.Axes, operation.Syntax.GetLocation(), $"{number} is less than {least}");
    }

    /// <summary>The span to blame for an operation: of a chain of calls only the last.</summary>
    private static Location Place(IOperation operation) =>
        operation.Syntax is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } call
        && operation is IInvocationOperation { Instance: not null }
            ? Location.Create(call.SyntaxTree, TextSpan.FromBounds(member.Name.SpanStart, call.Span.End))
            : operation.Syntax.GetLocation();
}
