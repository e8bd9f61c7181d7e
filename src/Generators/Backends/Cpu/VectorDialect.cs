using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Cpu;

/// <summary>Values of a stage as vector code: whatever does not vary along the vector leaves the inner loop by itself.</summary>
internal sealed partial class VectorDialect : Dialect
{
    private readonly Dictionary<(Value Random, string From), int> runs = new();

    public VectorDialect(StageFields fields) : base(fields)
    {
    }

    protected override string Whole => "nint";

    protected override string Unsigned => "nuint";

    protected override string Written(Value value, Lanes lanes)
    {
        string Vec(string text) => this.Vec(text, value.Level);
        switch (value.Computation)
        {
            case Uniform uniform: return Vec(Text(uniform.Node));
            case Position position: return Vec(Text(position.Index, lanes));
            case RandomNumber random: return Random(value, random, lanes);
            case Load load: return Load(load, value.Level, lanes);
            case Operation operation: return Vec($"S.{operation.Op}({Arguments(operation, lanes)})");
            case MultiplyAdd sum:
                // The product is not computed twice unless others need it, and then the JIT drops what is unused.
                Value(sum.Product, lanes);
                var addend = Value(sum.Addend, lanes);
                return Vec($"S.Fma({Arguments(sum.Factors, lanes)}, {addend})");
            case Reciprocal reciprocal: return Vec($"S.Div(S.Create(1d), {Value(reciprocal.Argument, lanes)})");
            case Masked masked:
                var (inside, mask) = (Value(masked.Argument, lanes), Mask(masked.Bound, lanes));
                var isVector = masked.Bound.Index.Scale(lanes.Axis) != 0;
                return Vec(isVector ? $"S.Select({mask}, {inside}, S.Create(0d))" : $"{mask} ? {inside} : S.Create(0d)");
            case PutAside aside: return Vec(LoadDense(Slot(aside.Slot, lanes), lanes));
            default: throw new IrException($"{value.Computation.GetType().Name} is not known where it is read", "MDSL023");
        }
    }

    private string Arguments(Operation operation, Lanes lanes) => string.Join(", ", operation.Arguments.Select(a => Value(a, lanes)).ToArray());

    /// <summary>Declares a value.</summary>
    private string Vec(string text, int level) => Code.New("v", "V", text, Code.Nesting(level));

    private string Text(Node node) => node switch
    {
        { Op: Op.Const, Type: ValueType.Bool } => $"S.Equal(S.Create(0d), S.Create({(node.Number != 0 ? "0d" : "1d")}))",
        { Op: Op.Const } => $"S.Create({Number(node.Number)})",
        { Op: Op.Scalar, Type: ValueType.Bool } => $"S.Less(S.Create(0d), S.Create({Fields[new FlagArgument(node.Name)]}))",
        { Op: Op.Scalar } => $"S.Create({Fields[new ScalarArgument(node.Name)]})",
        _ => $"S.Create((double)({WholeSize(node.Name)}))",
    };

    private string Text(Affine position, Lanes lanes)
    {
        var (scale, rest) = (position.Scale(lanes.Axis), IndexText(position.Without(lanes.Axis), lanes));
        var first = scale == 1 ? lanes.Variable : $"({scale} * {lanes.Variable})";
        return scale == 0 ? $"S.Create((double)({rest}))" : $"S.Iota({rest} + {first}, {scale})";
    }

    private string Random(Value value, RandomNumber random, Lanes lanes)
    {
        var stream = $"{Seed(random.Seed)}, {random.Stream}u";
        if (random.Access.Axes.Any(a => a.Index.Divisor != 1 && a.Index.Scale(lanes.Axis) != 0)) return RandomLanes(random, stream, lanes);
        var (offset, scale) = Offset(random.Access, lanes);
        if (scale == "1" && lanes.Run is { } run) return RandomOfRun(value, stream, offset, run, lanes);
        var at = scale.Length == 0 ? offset : $"{offset} + ({lanes.Variable} * {scale})";
        return Vec($"S.Random({stream}, unchecked((uint)({at})), unchecked((uint)({(scale.Length == 0 ? "0" : scale)})))", value.Level);
    }

    /// <summary>Numbers along the vector loop are made before it, all together.</summary>
    private string RandomOfRun(Value value, string stream, string offset, VectorRun run, Lanes lanes)
    {
        if (!runs.TryGetValue((value, run.From), out var number)) runs.Add((value, run.From), number = runs.Count);
        var outside = ((RandomNumber)value.Computation).Access.LevelWithout(lanes.Axis);
        var memory = Code.Declare("numbers", "T*", $"S.RandomMemory({number}, {run.Most})", run.Most.Contains(run.End) ? run.Nesting : 0);
        var randoms = $"S.Randoms({memory}, {stream}, unchecked((uint)({offset} + {run.From})), {run.End} - {run.From})";
        var start = Code.Declare("run", "T*", randoms, System.Math.Max(run.Nesting, Code.Nesting(outside)));
        return Vec($"S.Load({start} + ({lanes.Variable} - {run.From}))", value.Level);
    }
}
