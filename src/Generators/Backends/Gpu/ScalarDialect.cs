using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>Values of a stage as what one thread of a device computes: one number each, or one condition.</summary>
internal sealed class ScalarDialect : Dialect
{
    /// <summary>The arguments of what looks ids up: where it notes that one is outside its axis, and as which kernel.</summary>
    public const string Faults = "faults", Fault = "fault";

    /// <param name="fields">The stage's arguments.</param>
    /// <param name="code">Where it writes.</param>
    public ScalarDialect(StageFields fields, CodeWriter? code = null) : base(fields, code)
    {
    }

    /// <summary>Whether ids are looked up.</summary>
    public bool LooksUp { get; private set; }

    protected override string Whole => "int";

    protected override string Unsigned => "uint";

    /// <summary>The name of the value.</summary>
    public string Value(Value value) => Value(value, Lanes.None);

    /// <summary>The element of a place, as something to read or to assign to.</summary>
    public string Element(Place place, Access access) => place.IsScratch
        ? $"{GpuStage.Scratch}[{Fields.Pointer(place)} + {Distance(access)}]"
        : $"{Fields.Pointer(place)}[{Distance(access)}]";

    /// <summary>How far from the beginning an element lies.</summary>
    public string Distance(Access access) => Offset(access, Lanes.None).Offset;

    /// <summary>An index as a number.</summary>
    public string Index(Affine index) => $"({IndexText(index, Lanes.None)})";

    /// <summary>Puts a value where it is to lie.</summary>
    public void Store(Store store, string value) => Code.Line($"{Element(store.Place, store.Access)} = {Stored(store.Place, value)};");

    /// <summary>A value as it lies in memory: of conditions ones and zeros, of places whole numbers.</summary>
    public static string Stored(Place place, string value) => place.Buffer.Type switch
    {
        ValueType.Ids => $"S.ToInt({value})",
        ValueType.Bool => $"S.Select({value}, S.Create(1d), S.Create(0d))",
        _ => value,
    };

    protected override string Written(Value value, Lanes lanes)
    {
        string New(string text) => Code.New("v", "var", text, Code.Nesting(value.Level));
        switch (value.Computation)
        {
            case Uniform uniform: return New(Text(uniform.Node));
            case Position position: return New($"S.Of({IndexText(position.Index, lanes)})");
            case RandomNumber random:
                return New($"S.Random({Seed(random.Seed)}, {random.Stream}u, unchecked((uint)({Distance(random.Access)})))");
            case Load load: return New(Text(load));
            case Operation operation: return New($"S.{operation.Op}({Arguments(operation)})");
            case MultiplyAdd sum: return New($"S.Fma({Arguments(sum.Factors)}, {Value(sum.Addend)})");
            case Reciprocal reciprocal: return New($"S.Div(S.Create(1d), {Value(reciprocal.Argument)})");
            case Masked masked:
                var inside = Value(masked.Argument);
                return New($"{Condition(new[] { masked.Bound }, lanes)} ? {inside} : {(IsCondition(masked.Argument) ? "false" : "S.Create(0d)")}");
            default: throw new IrException($"{value.Computation.GetType().Name} is not known where it is read", "MDSL023");
        }
    }

    protected override string Checked(Lookup lookup, string offset)
    {
        LooksUp = true;
        return $"{Library.Gpu}GpuGather.Checked({Fields.Pointer(lookup.Place)}[{offset}], {WholeSize(lookup.Axis)}, {Faults}, {Fault})";
    }

    // In order: what an argument needs is written before it.
    private string Arguments(Operation operation) => string.Join(", ", operation.Arguments.Select(Value).ToArray());

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

    private string Text(Load load)
    {
        var condition = Condition(load.Bounds, Lanes.None);
        var element = Element(load.Place, load.Access);
        var (text, zero) = load.Place.Buffer.Type switch
        {
            ValueType.Ids => ($"S.Of({element})", "S.Create(0d)"),
            ValueType.Bool => ($"S.Less(S.Create(0d), {element})", "false"),
            _ => (element, "S.Create(0d)"),
        };
        return condition.Length > 0 ? $"{condition} ? {text} : {zero}" : text;
    }
}
