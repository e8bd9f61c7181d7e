using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Ir;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MageDsl.Generators.Parsing;

// Calls of other definitions: their bodies are read with the arguments in place, or their IR is where they come from elsewhere.
internal sealed partial class BodyReader
{
    private Value Inline(IInvocationOperation call)
    {
        var method = call.TargetMethod.OriginalDefinition;
        return SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, context.Compilation.Assembly)
            ? InlineSource(call, method)
            : InlineIr(call, method);
    }

    private Value InlineSource(IInvocationOperation call, IMethodSymbol method)
    {
        if (context.Calls.Contains(method, SymbolEqualityComparer.Default))
        {
            throw new KernelError(
                Descriptors.Recursion, Place(call), $"'{method.Name}' calls itself, directly or through other kernels: a definition must end");
        }
        var signature = context.Called(method);
        if (signature.IsWrong) throw OfCallee();

        var (bound, sizesOfCallee) = Bind(signature.Parameters, call, method.Name);
        var arguments = new Dictionary<ISymbol, Value>(SymbolEqualityComparer.Default);
        for (var i = 0; i < bound.Length; i++) arguments[method.Parameters[i]] = new NodeValue(bound[i]);
        context.Calls.Push(method);
        try
        {
            return Read(method, arguments, sizesOfCallee, context);
        }
        catch (KernelError error)
        {
            if (error.Descriptor is null || IsOwnMistake(error.Descriptor)) throw OfCallee();
            throw new KernelError(error.Descriptor, Place(call), $"in {method.Name}: {error.Message}");
        }
        finally
        {
            context.Calls.Pop();
        }
    }

    private KernelError OfCallee()
    {
        context.CalleeIsWrong = true;
        return KernelError.Reported();
    }

    /// <summary>What is wrong with a definition for any arguments.</summary>
    private static bool IsOwnMistake(DiagnosticDescriptor descriptor) =>
        descriptor == Descriptors.Unsupported || descriptor == Descriptors.NotConstant || descriptor == Descriptors.IntegerDivision
        || descriptor == Descriptors.ForeignCall || descriptor == Descriptors.MissingIr;

    private Value InlineIr(IInvocationOperation call, IMethodSymbol method)
    {
        var text = ReferencedIr.Find(method)
            ?? throw new KernelError(
                Descriptors.MissingIr, Place(call),
                $"'{method.ContainingType.Name}.{method.Name}' is defined in {method.ContainingAssembly.Name}, which holds no IR for it: " +
                "build that project with the MageDsl generator");
        KernelModel model;
        try
        {
            model = IrText.Parse(text);
        }
        catch (FormatException error)
        {
            throw new KernelError(
                Descriptors.MissingIr, Place(call),
                $"the IR of '{method.ContainingType.Name}.{method.Name}' in {method.ContainingAssembly.Name} cannot be read ({error.Message}): " +
                "build both projects with the same version");
        }
        var (bound, sizesOfCallee) = Bind(model.Parameters, call, method.Name);
        try
        {
            var results = new Graft(context, model, bound, sizesOfCallee, Select).Results();
            return results.Count == 1 ? new NodeValue(results[0]) : new TupleValue(results.Select(r => (Value)new NodeValue(r)).ToArray());
        }
        catch (IrException error)
        {
            throw new KernelError(Descriptors.Get(error.Id), Place(call), $"in {method.Name}: {error.Message}");
        }
    }

    /// <summary>The nodes that stand for the parameters of a callee, and the axes that its [Size] parameters are the sizes of.</summary>
    private (int[] Nodes, Dictionary<string, string> Sizes) Bind(IReadOnlyList<ParameterModel> parameters, IInvocationOperation call, string callee)
    {
        var nodes = parameters.Select((_, i) => Node(Argument(call.Arguments, i))).ToArray();
        var sizesOfCallee = new Dictionary<string, string>();
        for (var i = 0; i < nodes.Length; i++)
        {
            var argument = Argument(call.Arguments, i);
            if (parameters[i].Kind == KernelParameterKind.Size)
            {
                var holders = Enumerable.Range(0, nodes.Length).Where(p => parameters[p].Layout?.Names.Contains(parameters[i].SizeOf) == true);
                var axis = BindSize(
                    parameters[i], nodes[i],
                    holders.Select(p => Graph.Find(nodes[p], parameters[i].SizeOf)).FirstOrDefault(a => a != null), argument, callee);
                sizesOfCallee[parameters[i].SizeOf] = axis;
                nodes[i] = Graph.SizeOf(axis);
            }
            else
            {
                Check(parameters[i], nodes[i], argument, callee);
            }
        }
        return (nodes, sizesOfCallee);
    }

    /// <summary>The axis whose size a callee is told.</summary>
    /// <param name="parameter">The callee's parameter.</param>
    /// <param name="node">The size that is given.</param>
    /// <param name="axis">The axis in the callee's tensors; null if it is a new one.</param>
    private string BindSize(ParameterModel parameter, int node, string? axis, IOperation argument, string callee)
    {
        var at = argument.Syntax.GetLocation();
        var expected = $"'{parameter.Name}' of {callee} is the size of axis '{parameter.SizeOf}'";
        if (axis is null)
        {
            return SizedBy(parameter.SizeOf, Graph[node]) ?? throw new KernelError(
                Descriptors.Argument, at,
                $"{expected}: pass a constant of 1 or more, a parameter marked [Size(\"{parameter.SizeOf}\")], or SizeOf of a value that " +
                "has an axis of this size");
        }

        if (Graph[node].Op == Op.Const)
        {
            context.Demands.Add(new SizeDemand(
                axis, (int)ScalarText.Value(Graph[node]), true, at, $"{callee} is told that axis '{parameter.SizeOf}' has size {Graph[node].Name}"));
        }
        else if (node != Graph.SizeOf(axis))
        {
            throw new KernelError(Descriptors.Argument, at, $"{expected}: pass a constant or a parameter marked [Size(\"{parameter.SizeOf}\")]");
        }
        return axis;
    }

    private void Check(ParameterModel parameter, int node, IOperation argument, string callee)
    {
        var at = argument.Syntax.GetLocation();
        switch (parameter.Kind)
        {
            case KernelParameterKind.Tensor when Graph[node].Type == ValueType.Bool:
                throw new KernelError(
                    Descriptors.Argument, at, $"'{parameter.Name}' of {callee} takes numbers, not conditions; use Select(condition, 1, 0)");
            case KernelParameterKind.Ids when Graph[node].Type != ValueType.Ids:
                throw new KernelError(
                    Descriptors.Argument, at, $"'{parameter.Name}' of {callee} takes ids (an [Ids] parameter, Index, ArgMax or ArgMin)");
        }
        if (parameter.Layout is null) return;
        foreach (var axis in parameter.Layout.Axes)
        {
            if (axis.Fixed > 0 && Graph.Find(node, axis.Name) is { } found)
                context.Demands.Add(new SizeDemand(found, axis.Fixed, true, at, $"{callee} fixes axis '{axis.Name}' to size {axis.Fixed}"));
        }
    }
}
