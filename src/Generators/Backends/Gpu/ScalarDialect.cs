using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>
/// Values of a stage as what one thread of a device computes: a number or a condition, in the words of <c>S</c>; and of what varies along
/// <see cref="Quads"/> a number for each of the neighbours that the thread has, in the words of <c>L</c>.
/// </summary>
internal sealed class ScalarDialect : Dialect
{
    /// <summary>The arguments of what looks ids up: where it notes that one is outside its axis, and as which kernel.</summary>
    public const string Faults = "faults", Fault = "fault";

    private readonly Dictionary<Value, bool> varying = new();

    /// <param name="fields">The stage's arguments.</param>
    /// <param name="code">Where it writes.</param>
    /// <param name="quads">Along what a thread has neighbours.</param>
    public ScalarDialect(StageFields fields, CodeWriter? code = null, QuadPlan? quads = null) : base(fields, code) =>
        Quads = quads ?? QuadPlan.None;

    /// <summary>Along what a thread has neighbours.</summary>
    public QuadPlan Quads { get; }

    /// <summary>
    /// Axes whose elements have a number that is known, slowest first, and its name: what lies over just these axes, side by side, is found by it,
    /// and not by the index along each.
    /// </summary>
    public (IReadOnlyList<LoopVariable> Axes, string Name)? Flat { get; set; }

    /// <summary>Variables that have a value for each copy of what depends on them.</summary>
    public IReadOnlyList<LoopVariable> Copied { get; set; } = System.Array.Empty<LoopVariable>();

    /// <summary>The rows of the row block that the stage is part of.</summary>
    public IReadOnlyList<string> Rows { get; init; } = System.Array.Empty<string>();

    /// <summary>Whether ids are looked up.</summary>
    public bool LooksUp { get; private set; }

    protected override string Whole => "int";

    protected override string Unsigned => "uint";

    /// <summary>The name of the value.</summary>
    public string Value(Value value) => Value(value, Lanes.None);

    /// <summary>The value for each of the neighbours.</summary>
    public string Spread(Value value) => Varies(value) ? Value(value) : $"L.Splat({Value(value)})";

    /// <summary>The value as its place takes it.</summary>
    public string Value(Store store) => Varies(store.Access) ? Spread(store.Value) : Value(store.Value);

    /// <summary>The element of a place, as something to read or to assign to.</summary>
    public string Element(Place place, Access access)
    {
        var (memory, at) = Found(place, access);
        return $"{memory}[{at}]";
    }

    /// <summary>In what memory an element of a place lies, and where in it.</summary>
    private (string Memory, string At) Found(Place place, Access access) => place.IsScratch
        ? (place.Buffer.IsShort ? GpuStage.ShortScratch : GpuStage.Scratch, $"{Fields.Pointer(place)} + {ScratchDistance(place, access)}")
        : (Fields.Pointer(place), Distance(access));

    /// <summary>How far from the beginning of what the block has of a place an element lies.</summary>
    private string ScratchDistance(Place place, Access access)
    {
        var within = place.Axes.Where(a => !Rows.Contains(a)).ToArray();
        var rows = access.Axes.Take(access.Axes.Count - within.Length)
            .Select(a => a with { Stride = a.Stride.Take(a.Stride.Count - within.Length).ToEquatable() });
        var row = new Access(rows.ToEquatable());
        var begin = Int($"({Offset(row, Lanes.None).Offset}) * {GpuStage.Pitch(place.Buffer.IsShort, Fields.Product(within))}", row.Level);
        var own = new Access(access.Axes.Skip(row.Axes.Count).ToEquatable());
        return within.Length == 0 ? begin : $"{begin} + {Distance(own)}";
    }

    /// <summary>How far from the beginning an element lies.</summary>
    public string Distance(Access access)
    {
        if (Flat is not { } flat || Start(access, flat.Axes) is not { } start) return Offset(access, Lanes.None).Offset;
        var others = access.Axes.Take(start).Concat(access.Axes.Skip(start + flat.Axes.Count)).ToEquatable();
        var stride = Fields.Product(access.Axes[start + flat.Axes.Count - 1].Stride);
        var own = stride == "1" ? flat.Name : $"{flat.Name} * ({stride})";
        return others.Count == 0 && stride == "1" ? own : Int($"{Offset(new Access(others), Lanes.None).Offset} + {own}", access.Level);
    }

    /// <summary>An index as a number.</summary>
    public string Index(Affine index) => $"({IndexText(index, Lanes.None)})";

    /// <summary>Puts a value where it is to lie.</summary>
    public void Store(Store store, string value)
    {
        var type = store.Place.Buffer.Type;
        if (!Varies(store.Access))
        {
            Code.Line($"{Element(store.Place, store.Access)} = {Stored(store.Place, value)};");
        }
        else
        {
            var (memory, at) = Found(store.Place, store.Access);
            if (type == ValueType.Bool) value = OneOrZero("L", value);
            Code.Line($"L.Store{Kind(store.Place)}({memory}, {at}, {value});");
        }
    }

    /// <summary>A value as it lies in memory: of conditions ones and zeros, of places whole numbers.</summary>
    public static string Stored(Place place, string value) => place.Buffer.Type switch
    {
        ValueType.Ids => $"S.ToInt({value})",
        ValueType.Bool => OneOrZero("S", value),
        _ => place.Buffer.IsShort ? $"{LaunchClass.Short}.Of({value})" : value,
    };

    /// <summary>What the words for memory end in.</summary>
    private static string Kind(Place place) => place.Buffer.Type == ValueType.Ids ? "Ids" : place.Buffer.IsShort ? "Short" : "";

    private static string OneOrZero(string words, string value) => $"{words}.Select({value}, {words}.Create(1d), {words}.Create(0d))";

    /// <summary>Which of the accessed axes is the first of these, if they all are among them, side by side; else null.</summary>
    private static int? Start(Access access, IReadOnlyList<LoopVariable> axes)
    {
        var start = access.Axes.TakeWhile(a => axes.Count == 0 || !a.Index.Equals(Affine.Of(axes[0]))).Count();
        if (start + axes.Count > access.Axes.Count || axes.Count == 0) return null;
        var after = access.Axes[start + axes.Count - 1].Stride;
        bool Is(LoopVariable variable, AccessAxis axis, IEnumerable<LoopVariable> later) =>
            axis.Index.Equals(Affine.Of(variable)) && axis.Stride.SequenceEqual(later.Select(v => v.Axis).Concat(after));
        return axes.Select((v, i) => Is(v, access.Axes[start + i], axes.Skip(i + 1))).All(isIt => isIt) ? start : null;
    }

    /// <summary>Whether the neighbours have a value each.</summary>
    public bool Varies(Value value)
    {
        if (Quads.Axis is null) return false;
        if (varying.TryGetValue(value, out var known)) return known;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return varying[value] = IsVarying(value.Computation);
    }

    /// <summary>What is combined over a row varies only where the neighbours have a row each.</summary>
    private bool IsVarying(Computation computation) => computation switch
    {
        RowResult => Quads.Axis!.Level <= computation.Level,
        FinishedSum sum => sum.Column.Equals(Quads.Axis),
        _ => computation.Operands.Any(Varies) || computation.Indices.Any(i => QuadPlan.Varies(i, Quads.Axis)),
    };

    private bool Varies(Access access) => access.Indices.Any(i => QuadPlan.Varies(i, Quads.Axis));

    protected override string Written(Value value, Lanes lanes)
    {
        string New(string text) => Code.New("v", "var", text, Code.Nesting(value.Level));
        var isWide = Varies(value);
        var words = isWide ? "L" : "S";
        // In order: what an argument needs is written before it.
        string Arguments(Operation operation) => string.Join(", ", operation.Arguments.Select(a => isWide ? Spread(a) : Value(a)).ToArray());
        switch (value.Computation)
        {
            case Uniform uniform: return New(Text(uniform.Node));
            case Position position:
                var index = IndexText(position.Index, lanes);
                return New(isWide ? $"L.Iota({index}, {position.Index.Scale(Quads.Axis)})" : $"S.Of({index})");
            case RandomNumber random: return New($"{words}.Random{From(isWide)}({Position(random)})");
            case Operation { Op: Op.Less } less when less.Arguments[0].Computation is RandomNumber random && !Varies(less.Arguments[1]):
                var number = less.Arguments[1];
                var limit = Code.New("v", "var", $"S.Limit({Value(number)})", Code.Nesting(number.Level));
                return New($"{words}.RandomBelow{From(isWide)}({Position(random)}, {limit})");
            case Load load: return New(Text(load));
            case Operation operation: return New($"{words}.{operation.Op}({Arguments(operation)})");
            case MultiplyAdd sum:
                var factors = Arguments(sum.Factors);
                return New($"{words}.Fma({factors}, {(isWide ? Spread(sum.Addend) : Value(sum.Addend))})");
            case Reciprocal reciprocal: return New($"{words}.Div({words}.Create(1d), {Value(reciprocal.Argument)})");
            case Masked masked:
                var (inside, zero) = (Value(masked.Argument), IsCondition(masked.Argument) ? False(isWide) : $"{words}.Create(0d)");
                return New($"{Condition(new[] { masked.Bound }, lanes)} ? {inside} : {zero}");
            default: throw new IrException($"{value.Computation.GetType().Name} is not known where it is read", "MDSL023");
        }
    }

    /// <summary>What a draw ends in that does not begin at a multiple of the width.</summary>
    private string From(bool isWide) => isWide && Quads.IsRagged ? "From" : "";

    private string Position(RandomNumber random) => $"{Seed(random.Seed)}, {random.Stream}u, unchecked((uint)({Distance(random.Access)}))";

    protected override string Name(LoopVariable variable) => Copied.Contains(variable) ? base.Name(variable) + Copies.Mark : base.Name(variable);

    protected override string Checked(Lookup lookup, string offset)
    {
        LooksUp = true;
        return $"{Library.Gpu}GpuGather.Checked({Fields.Pointer(lookup.Place)}[{offset}], {WholeSize(lookup.Axis)}, {Faults}, {Fault})";
    }

    private static string False(bool isWide) => isWide ? "L.Splat(false)" : "false";

    private static bool IsCondition(Value value) => value.Computation switch
    {
        Uniform uniform => uniform.Node.Type == ValueType.Bool,
        Load load => load.Place.Buffer.Type == ValueType.Bool,
        Masked masked => IsCondition(masked.Argument),
        Operation { Op: Op.Select } select => IsCondition(select.Arguments[1]),
        Operation operation => OpFacts.Of(operation.Op).IsCondition,
        _ => false,
    };

    private string Text(Node node) => node switch
    {
        { Op: Op.Const, Type: ValueType.Bool } => node.Number != 0 ? "true" : "false",
        { Op: Op.Const } => $"S.Create({Number(node.Number)})",
        { Op: Op.Scalar, Type: ValueType.Bool } => $"{Fields[new FlagArgument(node.Name)]} != 0",
        { Op: Op.Scalar } => Fields[new ScalarArgument(node.Name)],
        _ => $"S.Of({WholeSize(node.Name)})",
    };

    /// <summary>Four elements of a short buffer, as the words that lie there.</summary>
    public string Words(Load load)
    {
        var (memory, at) = Found(load.Place, load.Access);
        return $"{LaunchClass.Short}.Words({memory}, {at})";
    }

    private string Text(Load load)
    {
        var condition = Condition(load.Bounds, Lanes.None);
        var (type, isWide) = (load.Place.Buffer.Type, Varies(load.Access));
        var words = isWide ? "L" : "S";
        var (memory, at) = Found(load.Place, load.Access);
        var element = isWide ? $"L.Load{Kind(load.Place)}({memory}, {at})"
            : load.Place.Buffer.IsShort ? $"{LaunchClass.Short}.Value({memory}[{at}])" : $"{memory}[{at}]";
        var (text, zero) = type switch
        {
            ValueType.Ids => (isWide ? element : $"S.Of({element})", $"{words}.Create(0d)"),
            ValueType.Bool => ($"{words}.Less({words}.Create(0d), {element})", False(isWide)),
            _ => (element, $"{words}.Create(0d)"),
        };
        return condition.Length > 0 ? $"{condition} ? {text} : {zero}" : text;
    }
}
