using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Ir;
using Microsoft.CodeAnalysis;

namespace MageDsl.Generators.Parsing;

/// <summary>A result as the signature declares it.</summary>
internal sealed record ResultSlot(Layout Layout, ValueType Type, string Into, string Name = "");

/// <summary>The signature of a definition: parameters with their kinds and layouts, results with theirs.</summary>
internal sealed class Signature
{
    private readonly ParseContext context;

    private Signature(ParseContext context) => this.context = context;

    public List<ParameterModel> Parameters { get; } = new();

    public List<ResultSlot> Results { get; } = new();

    /// <summary>Something is missing because it is wrong, and has been reported, by us or by the C# compiler.</summary>
    public bool IsWrong { get; private set; }

    /// <summary>Reads and checks the signature; what is wrong is reported to the context.</summary>
    public static Signature Read(IMethodSymbol method, ParseContext context)
    {
        var signature = new Signature(context);
        foreach (var parameter in method.Parameters) signature.Try(() => signature.Parameters.Add(signature.ReadParameter(parameter)));
        signature.Try(() => signature.ReadResults(method));
        return signature;
    }

    private void Try(Action read)
    {
        try
        {
            read();
        }
        catch (KernelError error)
        {
            context.Report(error);
            IsWrong = true;
        }
    }

    private ParameterModel ReadParameter(IParameterSymbol parameter)
    {
        var at = Symbols.Of(parameter);
        KernelError Wrong(string message) => new(Descriptors.Parameter, at, $"parameter '{parameter.Name}' {message}");

        if (parameter.RefKind != RefKind.None || parameter.IsParams) throw Wrong("is ref, in, out or params: kernels take plain values");
        var dims = Symbols.Attribute(parameter.GetAttributes(), "DimsAttribute");
        var ids = Symbols.Attribute(parameter.GetAttributes(), "IdsAttribute");
        var size = Symbols.Attribute(parameter.GetAttributes(), "SizeAttribute");
        if (Symbols.IsExpr(parameter.Type))
        {
            if (size != null) throw Wrong("is an Expr: [Size] belongs to an int");
            if (dims is null == ids is null) throw Wrong("needs its layout: exactly one of [Dims(\"...\")] and [Ids(\"...\")]");
            if (parameter.HasExplicitDefaultValue) throw Wrong("is a tensor and cannot have a default");
            var attribute = dims ?? ids!;
            if (Symbols.Strings(attribute) is not { } layouts) throw KernelError.Reported();
            if (layouts.Count != 1) throw Wrong($"has {layouts.Count} layouts: it needs one");
            var tensor = dims != null ? KernelParameterKind.Tensor : KernelParameterKind.Ids;
            return new ParameterModel(parameter.Name, tensor, ReadLayout(layouts[0], attribute, at));
        }
        if (dims != null || ids != null) throw Wrong($"has a layout, but is {parameter.Type.ToDisplayString()}: tensors are Expr");
        var byDefault = parameter.HasExplicitDefaultValue ? parameter.ExplicitDefaultValue is { } value ? ScalarText.Literal(value) : "default" : "";
        if (size != null)
        {
            if (parameter.Type.SpecialType != SpecialType.System_Int32) throw Wrong("has [Size], which belongs to an int");
            if (Symbols.Strings(size) is not { } axes) throw KernelError.Reported();
            if (axes.Count != 1) throw Wrong("has [Size] without the name of an axis");
            if (axes[0] != Layout.Ellipsis && Layout.NameProblem(axes[0]) is var (id, problem))
            {
                throw new KernelError(Descriptors.Get(id), Symbols.Of(size, at), problem);
            }
            return new ParameterModel(parameter.Name, KernelParameterKind.Size, null, axes[0], byDefault);
        }
        var kind = parameter.Type.SpecialType switch
        {
            SpecialType.System_Single => KernelParameterKind.Float,
            SpecialType.System_Double => KernelParameterKind.Double,
            SpecialType.System_Int32 => KernelParameterKind.Int,
            SpecialType.System_Boolean => KernelParameterKind.Bool,
            SpecialType.None when parameter.Type.TypeKind == TypeKind.Error => throw KernelError.Reported(),
            _ => throw Wrong($"is {parameter.Type.ToDisplayString()}: kernels take Expr, float, double, int and bool"),
        };
        return new ParameterModel(parameter.Name, kind, Default: byDefault);
    }

    private void ReadResults(IMethodSymbol method)
    {
        var at = Symbols.Of(method);
        var count = Symbols.IsExpr(method.ReturnType) ? 1
            : method.ReturnType is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.All(e => Symbols.IsExpr(e.Type))
                ? tuple.TupleElements.Length
            : method.ReturnType.TypeKind == TypeKind.Error ? throw KernelError.Reported()
            : throw new KernelError(
                Descriptors.KernelMethod, at,
                $"kernel '{method.Name}' returns {method.ReturnType.ToDisplayString()}: it must return Expr or a tuple of Expr");

        var attributes = method.GetReturnTypeAttributes();
        foreach (var (name, type) in new[] { ("DimsAttribute", ValueType.Real), ("IdsAttribute", ValueType.Ids) })
        {
            if (Symbols.Attribute(attributes, name) is not { } attribute) continue;
            foreach (var text in Symbols.Strings(attribute) ?? throw KernelError.Reported())
                Results.Add(new ResultSlot(ReadLayout(text, attribute, at), type, ""));
        }
        if (Results.Count != count)
        {
            throw new KernelError(
                Descriptors.ResultLayouts, at,
                $"kernel '{method.Name}' returns {count} value{(count == 1 ? "" : "s")}, but [return: Dims(...)] and [return: Ids(...)] give " +
                $"{Results.Count} layout{(Results.Count == 1 ? "" : "s")}");
        }

        if (method.ReturnType is INamedTypeSymbol { IsTupleType: true } named)
        {
            for (var i = 0; i < count; i++)
                if (named.TupleElements[i].IsExplicitlyNamedTupleElement) Results[i] = Results[i] with { Name = named.TupleElements[i].Name };
        }

        if (Symbols.Attribute(attributes, "IntoAttribute") is not { } into) return;
        if (Symbols.Attribute(method.GetAttributes(), "KernelAttribute") is { } kernel && Symbols.Flag(kernel, "Differentiable", true))
        {
            throw new KernelError(
                Descriptors.IntoParameter, Symbols.Of(into, at),
                $"'{method.Name}' overwrites its arguments, so there is nothing to differentiate by: mark it [Kernel(Differentiable = false)]");
        }

        ReadInto(into, Symbols.Of(into, at));
    }

    private void ReadInto(AttributeData attribute, Location at)
    {
        var names = Symbols.Strings(attribute) ?? throw KernelError.Reported();
        if (names.Count != Results.Count)
            throw new KernelError(Descriptors.IntoParameter, at, $"Into names {names.Count} parameters for {Results.Count} results");
        for (var i = 0; i < names.Count; i++)
        {
            var name = names[i];
            var target = Parameters.FirstOrDefault(p => p.Name == name && p.Layout != null)
                ?? throw new KernelError(Descriptors.IntoParameter, at, $"Into: there is no tensor parameter '{name}'");
            if (names.Take(i).Contains(name))
                throw new KernelError(Descriptors.IntoParameter, at, $"Into: two results go into '{name}'");
            if (!Equals(target.Layout, Results[i].Layout))
            {
                throw new KernelError(
                    Descriptors.IntoParameter, at,
                    $"Into: the result's layout \"{Results[i].Layout}\" is not the layout \"{target.Layout}\" of '{name}'");
            }
            if (target.Kind == KernelParameterKind.Ids != (Results[i].Type == ValueType.Ids))
                throw new KernelError(Descriptors.IntoParameter, at, $"Into: '{name}' and its result must both be real or both be ids");
            Results[i] = Results[i] with { Into = name };
        }
    }

    private static Layout ReadLayout(string text, AttributeData attribute, Location at)
    {
        try
        {
            return Layout.Parse(text);
        }
        catch (IrException error)
        {
            throw new KernelError(Descriptors.Get(error.Id), Symbols.Of(attribute, at), error.Message);
        }
    }
}
