using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Ir;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MageDsl.Generators.Parsing;

/// <summary>From an attributed method to its <see cref="KernelModel"/>, with every check that needs symbols or places.</summary>
internal static class KernelParser
{
    public static ParsedKernel Parse(IMethodSymbol method, Compilation compilation, CancellationToken cancellation)
    {
        var context = new ParseContext(compilation, cancellation);
        var identifier = Symbols.Of(method);
        TracedModel? model = null;
        EquatableArray<LocationInfo> places = default;
        try
        {
            CheckKind(method, identifier);
            CheckClass(method, identifier);
            CheckMethod(method, identifier);
            OverloadRoom.CheckProject(compilation, identifier);
            var signature = Signature.Read(method, context);
            if (!signature.IsWrong)
            {
                CheckSignature(method, signature, identifier);
                var meetings = new AxisMeetings(signature.Parameters.SelectMany(Declared));
                do context = new ParseContext(compilation, cancellation, meetings);
                while (!TryReadBody(method, signature, context, identifier, out model, out places));
            }
        }
        catch (KernelError error)
        {
            context.Report(error);
        }
        catch (IrException error)
        {
            context.Report(Descriptors.Get(error.Id), identifier, error.Message);
        }
        catch (KernelTooLargeException error)
        {
            context.Report(Descriptors.TooLarge, identifier, $"kernel '{method.Name}' {error.Message}");
        }
        catch (InsufficientExecutionStackException)
        {
            context.Report(Descriptors.TooLarge, identifier, KernelLimits.TooDeep(method.Name));
        }
        catch (Exception error) when (error is not OperationCanceledException && HasErrors(method, context))
        {
            // What is no C# need be nothing that we expect.
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            context.Report(
                Descriptors.NotCompiled, identifier,
                $"'{method.Name}' could not be read; please report this: {error.GetType().Name}: {error.Message}");
        }
        if (model is null && context.Diagnostics.Count == 0 && !context.CalleeIsWrong && !HasErrors(method, context))
            context.Report(Descriptors.Unsupported, identifier, $"kernel '{method.Name}' holds something that the compiler cannot read");
        return new ParsedKernel(context.Diagnostics.Count == 0 ? model : null, places, context.Diagnostics.Distinct().ToEquatable());
    }

    private static void CheckClass(IMethodSymbol method, Location identifier)
    {
        var type = method.ContainingType;
        // Code without a class, or a class without a name: the C# compiler says so.
        if (type.IsImplicitClass || !type.CanBeReferencedByName) throw KernelError.Reported();
        if (ClassProblem(type) is { } problem)
        {
            throw new KernelError(Descriptors.KernelClass, identifier, $"the class '{type.Name}' of kernel '{method.Name}' {problem}");
        }
    }

    /// <summary>Why generated code cannot be added to a class; null if it can.</summary>
    public static string? ClassProblem(INamedTypeSymbol type)
    {
        if (type.TypeKind != TypeKind.Class || !type.IsStatic) return "is not a static class";
        if (type.IsGenericType && type.Arity > 0) return "is generic";
        if (type.IsFileLocal) return "is local to its file";
        if (!IsPartial(type)) return "is not partial, and the compiled overload is added to it";
        for (var outer = type.ContainingType; outer != null; outer = outer.ContainingType)
        {
            if (outer.TypeKind != TypeKind.Class || outer.IsRecord) return $"is inside '{outer.Name}', which is not a class";
            if (outer.Arity > 0) return $"is inside '{outer.Name}', which is generic";
            if (outer.IsFileLocal) return $"is inside '{outer.Name}', which is local to its file";
            if (!IsPartial(outer)) return $"is inside '{outer.Name}', which is not partial, and the compiled overload is added to both";
        }
        return null;
    }

    private static bool IsPartial(INamedTypeSymbol type) => type.DeclaringSyntaxReferences
        .Any(r => r.GetSyntax() is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    /// <summary>Whether the C# compiler has something to say about the method, so that silence here is right.</summary>
    private static bool HasErrors(IMethodSymbol method, ParseContext context) => method.DeclaringSyntaxReferences.Any(reference =>
        context.Compilation.GetSemanticModel(reference.SyntaxTree)
            .GetDiagnostics(reference.Span, context.Cancellation).Any(d => d.Severity == DiagnosticSeverity.Error));

    private static void CheckKind(IMethodSymbol method, Location identifier)
    {
        var kind = method.MethodKind switch
        {
            MethodKind.Ordinary => null,
            MethodKind.LocalFunction => "a local function",
            MethodKind.AnonymousFunction => "a lambda",
            MethodKind.UserDefinedOperator or MethodKind.Conversion => "an operator",
            MethodKind.PropertyGet or MethodKind.PropertySet or MethodKind.EventAdd or MethodKind.EventRemove => "an accessor",
            _ => "a special method",
        };
        if (kind != null)
        {
            throw new KernelError(
                Descriptors.KernelMethod, identifier, $"{kind} cannot be a kernel: make it a static method of a static partial class");
        }
    }

    private static void CheckSignature(IMethodSymbol method, Signature signature, Location identifier)
    {
        KernelLimits.CheckParameters(signature, method.Name, identifier);
        OverloadRoom.CheckNames(method);
        OverloadRoom.CheckClass(method, signature, identifier);
    }

    private static void CheckMethod(IMethodSymbol method, Location identifier)
    {
        // Without names, or with one twice, it is no C#.
        if (!method.CanBeReferencedByName || method.Parameters.Any(p => p.Name.Length == 0)
            || method.Parameters.Select(p => p.Name).Distinct().Count() < method.Parameters.Length)
        {
            throw KernelError.Reported();
        }
        var problem = !method.IsStatic ? "is not static"
            : method.IsGenericMethod ? "is generic"
            : method.RefKind != RefKind.None ? "returns by reference"
            : method.IsAsync ? "is async"
            : method.IsVararg ? "takes __arglist"
            : method.IsPartialDefinition || method.PartialDefinitionPart != null ? "is partial: write it in one place"
            : null;
        if (problem != null) throw new KernelError(Descriptors.KernelMethod, identifier, $"kernel '{method.Name}' {problem}");
        // Names of files do not tell upper from lower case.
        var twins = method.ContainingType.GetMembers().OfType<IMethodSymbol>()
            .Where(m => Symbols.IsKernelMethod(m) && string.Equals(m.Name, method.Name, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (twins.Length > 1)
        {
            throw new KernelError(
                Descriptors.DuplicateKernel, identifier,
                $"'{method.ContainingType.Name}' has {twins.Length} kernels named '{method.Name}'" +
                $"{(twins.All(t => t.Name == method.Name) ? "" : " but for the case")}: generated files and listings go by the name");
        }
    }

    private static IEnumerable<string> Declared(ParameterModel parameter) =>
        parameter.Layout?.Names ?? (parameter.Kind == KernelParameterKind.Size ? EquatableArray.Of(parameter.SizeOf) : default);

    /// <summary>False if the body must be read again, because it has turned out that two axes are one.</summary>
    private static bool TryReadBody(
        IMethodSymbol method, Signature signature, ParseContext context,
        Location identifier, out TracedModel? model, out EquatableArray<LocationInfo> places)
    {
        (model, places) = (null, default);
        try
        {
            model = ReadBody(method, signature, context, identifier, out places);
            return true;
        }
        catch (AxesMet)
        {
            return false;
        }
    }

    private static TracedModel? ReadBody(
        IMethodSymbol method, Signature signature, ParseContext context, Location identifier, out EquatableArray<LocationInfo> places)
    {
        places = default;
        var arguments = new Dictionary<ISymbol, Value>(SymbolEqualityComparer.Default);
        foreach (var parameter in method.Parameters)
        {
            var before = context.Graph.Nodes.Count;
            arguments[parameter] = new NodeValue(Leaf(signature.Parameters[parameter.Ordinal], context.Graph));
            context.Note(before, Symbols.Of(parameter));
        }
        context.Calls.Push(method);
        var sizes = signature.Parameters.Where(p => p.Kind == KernelParameterKind.Size).GroupBy(p => p.SizeOf).ToDictionary(g => g.Key, g => g.Key);
        var value = BodyReader.Read(method, arguments, sizes, context);
        if (context.Diagnostics.Count > 0) return null;
        var values = value is TupleValue tuple ? tuple.Items : new[] { value };
        var results = new List<ResultModel>();
        for (var i = 0; i < signature.Results.Count; i++)
        {
            if (i >= values.Count || values[i] is not NodeValue node) throw KernelError.Reported();
            results.Add(Result(signature.Results[i], node.Id, i, context, identifier));
        }

        var attribute = Symbols.Attribute(method.GetAttributes(), "KernelAttribute")!;
        var live = new LiveNodes(context, results, signature.Parameters.SelectMany(Declared), identifier);
        places = live.Places.ToEquatable();
        var model = new KernelModel(
            Symbols.Namespace(method.ContainingType), Symbols.TypeName(method.ContainingType), method.Name,
            Symbols.Flag(attribute, "Fusion", true), Symbols.Flag(attribute, "Differentiable", true),
            signature.Parameters.ToEquatable(), results.Select(r => r with { Value = live.NewId(r.Value) }).ToEquatable(),
            live.Nodes.ToEquatable(), live.Rules.ToEquatable(), live.Likes.ToEquatable(), Symbols.FullName(method))
        {
            Choices = new KernelChoices(Symbols.Choice<Scores>(attribute, nameof(Scores)), Symbols.Choice<Prologue>(attribute, nameof(Prologue))),
        };
        KernelLimits.CheckGraph(model, identifier);
        SizeCheck.Run(model, context, live.Spans, new SignaturePlaces(method, identifier));
        if (model.Differentiable)
        {
            foreach (var id in Differentiability.Breaks(model))
            {
                context.Report(
                    Descriptors.NotDifferentiable, live.Spans.TryGetValue(id, out var span) ? span : identifier,
                    $"a gradient of '{method.Name}' would have to flow through Floor, whose derivative is zero: put it under StopGradient, " +
                    "or mark the kernel [Kernel(Differentiable = false)]");
            }
        }

        return new TracedModel(model, live.Origins.ToEquatable());
    }

    private static int Leaf(ParameterModel parameter, Graph graph) => parameter.Kind switch
    {
        KernelParameterKind.Tensor => graph.Input(parameter.Name, ValueType.Real, parameter.Layout!.Names),
        KernelParameterKind.Ids => graph.Input(parameter.Name, ValueType.Ids, parameter.Layout!.Names),
        KernelParameterKind.Bool => graph.Scalar(parameter.Name, ValueType.Flag),
        KernelParameterKind.Size => graph.SizeOf(parameter.SizeOf),
        KernelParameterKind.Float => graph.Scalar(parameter.Name, ValueType.Float),
        KernelParameterKind.Double => graph.Scalar(parameter.Name, ValueType.Double),
        _ => graph.Scalar(parameter.Name, ValueType.Int),
    };

    private static ResultModel Result(ResultSlot slot, int value, int index, ParseContext context, Location identifier)
    {
        var at = context.Returned is TupleExpressionSyntax tuple && index < tuple.Arguments.Count ? tuple.Arguments[index].Expression.GetLocation()
            : context.Returned?.GetLocation() ?? identifier;
        var node = context.Graph[value];
        var names = slot.Layout.Names;
        foreach (var axis in node.Axes)
            if (names.Contains(AxisNames.Written(axis))) context.Axes.Declare(axis);
        var whole = string.Join(
            " ", node.Axes.Select(AxisNames.Written).Where(a => !names.Contains(a)).Prepend(slot.Layout.ToString()).Where(t => t.Length > 0));
        foreach (var axis in node.Axes)
        {
            if (!names.Contains(AxisNames.Written(axis)))
            {
                context.Report(new KernelError(
                    Descriptors.ResultAxis, at,
                    $"the value over [{AxisNames.List(node.Axes)}] has an axis '{AxisNames.Written(axis)}', " +
                    $"{AxisSources.Of(context.Graph, value, axis)}, that the result's layout \"{slot.Layout}\" lacks",
                    new Correction(slot.Layout.ToString(), whole)));
            }
        }

        if (slot.Type == ValueType.Ids && node.Type == ValueType.Ids && (node.Args.Count == 0 || node.Op == Op.View))
        {
            context.Report(
                Descriptors.IdsResult, at,
                "ids that the kernel did not compute, an argument or a view of one, cannot be its result: return them from where they are");
        }
        if (node.Type == ValueType.Bool)
        {
            context.Report(Descriptors.ResultType, at, "the result is a condition: make it numbers with Select(condition, 1, 0)");
        }
        else if (slot.Type == ValueType.Ids && node.Type != ValueType.Ids)
        {
            context.Report(
                Descriptors.ResultType, at,
                "the result is declared [Ids], but the value is real: ids come from [Ids] parameters, Index, ArgMax and ArgMin");
        }
        return new ResultModel(slot.Layout, slot.Type, value, slot.Into, slot.Name);
    }
}
