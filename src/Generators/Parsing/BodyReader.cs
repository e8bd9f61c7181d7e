using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Ir;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MageDsl.Generators.Parsing;

/// <summary>
/// Runs the body of a definition over values that are nodes: statements here, expressions, calls of the language and calls of
/// other definitions in the other parts of this class. A condition that is not known runs both branches and selects.
/// </summary>
internal sealed partial class BodyReader
{
    private readonly ParseContext context;
    private readonly bool isKernelItself;
    private readonly IReadOnlyDictionary<string, string> sizes;
    private Dictionary<ISymbol, Value> state;

    private BodyReader(ParseContext context, Dictionary<ISymbol, Value> arguments, IReadOnlyDictionary<string, string> sizes)
    {
        this.context = context;
        this.sizes = sizes;
        state = arguments;
        isKernelItself = !context.IsInlining;
    }

    private ReadGraph Graph => context.Graph;

    /// <summary>
    /// What the method returns for these arguments; <paramref name="sizes"/> are the axes that [Size] parameters give. Errors of the kernel's own
    /// statements are reported and reading goes on; a callee's are thrown.
    /// </summary>
    public static Value Read(
        IMethodSymbol method, Dictionary<ISymbol, Value> arguments, IReadOnlyDictionary<string, string> sizes, ParseContext context)
    {
        var body = context.Body(method) as IMethodBodyOperation;
        var block = body?.BlockBody ?? body?.ExpressionBody
            ?? throw new KernelError(Descriptors.KernelMethod, Symbols.Of(method), $"kernel '{method.Name}' has no body");
        return new BodyReader(context, arguments, sizes).Run(new Todo(block, null)) ?? throw KernelError.Reported();
    }

    private Value? Run(Todo? todo)
    {
        while (todo != null)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var operation = todo.First;
            todo = todo.Rest;
            switch (operation)
            {
                case IBlockOperation block:
                    foreach (var inner in block.Operations.Reverse()) todo = new Todo(inner, todo);
                    break;
                case IReturnOperation { ReturnedValue: { } returned }:
                    if (isKernelItself) context.Returned = returned.Syntax;
                    return Eval(returned);
                case IConditionalOperation choice:
                    var condition = Condition(choice.Condition);
                    if (Graph.Known(condition) is { } known)
                    {
                        if ((known ? choice.WhenTrue : choice.WhenFalse) is { } taken) todo = new Todo(taken, todo);
                        break;
                    }
                    if (choice.Descendants().Any(o => o is IReturnOperation)) return RunToReturn(choice, condition, todo);
                    RunBranches(choice, condition);
                    break;
                default:
                    Guarded(operation);
                    break;
            }
        }
        return null;
    }

    /// <summary>A branch returns: each branch runs with all that follows it.</summary>
    private Value RunToReturn(IConditionalOperation choice, int condition, Todo? todo)
    {
        var before = state;
        state = Copy(before);
        var whenTrue = Where(condition, true, () => Run(new Todo(choice.WhenTrue, todo))) ?? throw KernelError.Reported();
        state = Copy(before);
        var whenFalse = Where(condition, false, () => Run(choice.WhenFalse is { } other ? new Todo(other, todo) : todo))
            ?? throw KernelError.Reported();
        return Merge(condition, whenTrue, whenFalse, choice);
    }

    private void RunBranches(IConditionalOperation choice, int condition)
    {
        var before = state;
        state = Copy(before);
        Where(condition, true, () => Run(new Todo(choice.WhenTrue, null)));
        var whenTrue = state;
        state = Copy(before);
        if (choice.WhenFalse is { } other) Where(condition, false, () => Run(new Todo(other, null)));
        var whenFalse = state;
        state = before;
        foreach (var pair in whenTrue)
        {
            if (!whenFalse.TryGetValue(pair.Key, out var value)) continue;
            try
            {
                state[pair.Key] = Merge(condition, pair.Value, value, choice);
            }
            catch (KernelError error) when (isKernelItself)
            {
                context.Report(error);
                state[pair.Key] = new WrongValue();
            }
        }
    }

    private void Guarded(IOperation operation)
    {
        try
        {
            Statement(operation);
        }
        catch (KernelError error) when (isKernelItself)
        {
            context.Report(error);
            foreach (var part in operation.DescendantsAndSelf())
            {
                if (part is IVariableDeclaratorOperation declarator) state[declarator.Symbol] = new WrongValue();
                if (part is ILocalReferenceOperation { IsDeclaration: true } local) state[local.Local] = new WrongValue();
                if (part is IAssignmentOperation { Target: ILocalReferenceOperation target }) state[target.Local] = new WrongValue();
                if (part is IAssignmentOperation { Target: IParameterReferenceOperation parameter }) state[parameter.Parameter] = new WrongValue();
            }
        }
    }

    private void Statement(IOperation operation)
    {
        switch (operation)
        {
            case IEmptyOperation:
                break;
            case IVariableDeclarationGroupOperation group:
                foreach (var declarator in group.Declarations.SelectMany(d => d.Declarators))
                {
                    if (declarator.Symbol.RefKind != RefKind.None) throw Unsupported(declarator, "a ref local; two names for one variable");
                    if (declarator.GetVariableInitializer() is { } initializer) state[declarator.Symbol] = Eval(initializer.Value);
                }
                break;
            case IExpressionStatementOperation { Operation: IAssignmentOperation assignment }:
                Eval(assignment);
                break;
            case IExpressionStatementOperation { Operation: IInvalidOperation } or IInvalidOperation:
                throw KernelError.Reported();
            default:
                var blamed = operation is IExpressionStatementOperation statement ? statement.Operation : operation;
                throw Unsupported(blamed, CSharpConstructs.Describe(blamed));
        }
    }

    /// <summary>Reads what C# only comes to where a condition holds, or does not.</summary>
    private T Where<T>(int condition, bool holds, Func<T> read)
    {
        var before = context.Reached;
        var here = holds ? condition : Graph.Scalar(Op.Not, ValueType.Flag, "", condition);
        context.Reached = before < 0 ? here : Graph.Scalar(Op.And, ValueType.Flag, "", before, here);
        try
        {
            return read();
        }
        finally
        {
            context.Reached = before;
        }
    }

    /// <summary>What stands after a condition, a C# bool: a select, part by part.</summary>
    private Value Merge(int condition, Value whenTrue, Value whenFalse, IOperation at)
    {
        if (whenTrue is WrongValue || whenFalse is WrongValue) return new WrongValue();
        if (whenTrue is TupleValue a && whenFalse is TupleValue b && a.Items.Count == b.Items.Count)
            return new TupleValue(a.Items.Zip(b.Items, (x, y) => Merge(condition, x, y, at)).ToArray());
        if (whenTrue is not NodeValue x || whenFalse is not NodeValue y) throw KernelError.Reported();
        if (x.Id == y.Id) return x;
        if (Graph[x.Id].Type.IsScalar()) return new NodeValue(Graph.Scalar(Op.Select, Graph[x.Id].Type, "", condition, x.Id, y.Id));
        Graph.Meet(x.Id, y.Id);
        if (!Graph.Axes(x.Id).IsSameSetAs(Graph.Axes(y.Id)))
        {
            throw new KernelError(
                Descriptors.Branches, at.Syntax.GetLocation(),
                $"the branches give {AxisSources.All(Graph, x.Id)} and {AxisSources.All(Graph, y.Id)}: both need the same axes");
        }

        var before = Graph.Nodes.Count;
        var id = Located(at, () => Select(Graph.Lift(condition), x.Id, y.Id));
        context.Note(before, at.Syntax.GetLocation());
        return new NodeValue(id);
    }

    private int Select(int condition, int whenTrue, int whenFalse)
    {
        if (Graph[condition].Type != ValueType.Bool) throw new IrException("Select needs a condition, as x > 0, for its first argument");
        if (Graph[whenTrue].Type == ValueType.Bool != (Graph[whenFalse].Type == ValueType.Bool))
            throw new IrException("a choice between a number and a condition; make the condition a number with Select(condition, 1, 0)");
        if (Graph.Axes(condition).Count == 0 && Graph.Known(condition) is { } known && Graph.Axes(whenTrue).SequenceEqual(Graph.Axes(whenFalse)))
            return known ? whenTrue : whenFalse;
        return Graph.Map(Op.Select, condition, whenTrue, whenFalse);
    }

    private static Dictionary<ISymbol, Value> Copy(Dictionary<ISymbol, Value> values) => new(values, SymbolEqualityComparer.Default);

    /// <summary>Statements still to run.</summary>
    private sealed class Todo
    {
        public Todo(IOperation first, Todo? rest)
        {
            First = first;
            Rest = rest;
        }

        public IOperation First { get; }

        public Todo? Rest { get; }
    }
}
