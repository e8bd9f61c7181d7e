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
            throw new KernelError(Descriptors.Recursion, Place(call), $"'{method.Name}' calls itself, directly or through other kernels: a definition must end");
        // The callee's own mistakes are reported where it is compiled itself.
        var apart = new ParseContext(context.Compilation, context.Cancellation);
        var signature = Signature.Read(method, apart);
        if (apart.Diagnostics.Count > 0 || signature.Parameters.Count != method.Parameters.Length) throw OfCallee();

        var arguments = new Dictionary<ISymbol, Value>(SymbolEqualityComparer.Default);
        for (var i = 0; i < method.Parameters.Length; i++)
            arguments[method.Parameters[i]] = new NodeValue(Bind(signature.Parameters[i], Argument(call.Arguments, i), method.Name));
        context.Calls.Push(method);
        try
        {
            return Read(method, arguments, context);
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
                $"'{method.ContainingType.Name}.{method.Name}' is defined in {method.ContainingAssembly.Name}, which holds no IR for it: build that project with the MageDsl generator");
        KernelModel model;
        try
        {
            model = IrText.Parse(text);
        }
        catch (FormatException error)
        {
            throw new KernelError(
                Descriptors.MissingIr, Place(call),
                $"the IR of '{method.ContainingType.Name}.{method.Name}' in {method.ContainingAssembly.Name} cannot be read ({error.Message}): build both projects with the same version");
        }
        var arguments = new Dictionary<string, int>();
        foreach (var parameter in method.Parameters)
            arguments[parameter.Name] = Bind(model.Parameters[parameter.Ordinal], Argument(call.Arguments, parameter.Ordinal), method.Name);
        try
        {
            var results = new Graft(context, model, arguments, Select).Results();
            return results.Count == 1 ? new NodeValue(results[0]) : new TupleValue(results.Select(r => (Value)new NodeValue(r)).ToArray());
        }
        catch (IrException error)
        {
            throw new KernelError(Descriptors.Get(error.Id), Place(call), $"in {method.Name}: {error.Message}");
        }
    }

    /// <summary>The node that stands for a parameter of a callee.</summary>
    private int Bind(ParameterModel parameter, IOperation argument, string callee)
    {
        var node = Node(argument);
        var at = argument.Syntax.GetLocation();
        switch (parameter.Kind)
        {
            case ParameterKind.Tensor when Graph[node].Type == ValueType.Bool:
                throw new KernelError(Descriptors.Argument, at, $"'{parameter.Name}' of {callee} takes numbers, not conditions; use Select(condition, 1, 0)");
            case ParameterKind.Ids when Graph[node].Type != ValueType.Ids:
                throw new KernelError(Descriptors.Argument, at, $"'{parameter.Name}' of {callee} takes ids (an [Ids] parameter, Index, ArgMax or ArgMin)");
            case ParameterKind.Size:
                var size = Graph.SizeOf(parameter.SizeOf);
                if (Graph[node].Op == Op.Const)
                    context.Demands.Add(new SizeDemand(
                        parameter.SizeOf, (int)ScalarText.Value(Graph[node]), true, at, $"{callee} is told that axis '{parameter.SizeOf}' has size {Graph[node].Name}"));
                else if (node != size)
                    throw new KernelError(
                        Descriptors.Argument, at, $"'{parameter.Name}' of {callee} is the size of axis '{parameter.SizeOf}': pass a constant or a parameter marked [Size(\"{parameter.SizeOf}\")]");
                return size;
        }
        if (parameter.Layout != null)
            foreach (var axis in parameter.Layout.Axes)
                if (axis.Fixed > 0 && Graph.Axes(node).Contains(axis.Name))
                    context.Demands.Add(new SizeDemand(axis.Name, axis.Fixed, true, at, $"{callee} fixes axis '{axis.Name}' to size {axis.Fixed}"));
        return node;
    }
}
