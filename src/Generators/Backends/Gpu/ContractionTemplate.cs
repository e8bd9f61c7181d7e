using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>
/// A contraction: how elements of each operand are got at (with their prologue), and what is done with finished sums (the epilogue). As a launch
/// for any number of neighbours along what is dense, and as a part of a row block.
/// </summary>
internal sealed class ContractionTemplate
{
    // What is known of the item and the row, of the outer axes of a run, and within them.
    private const int Levels = 3;

    private readonly LoweredContraction stage;
    private readonly IReadOnlyList<string>? rows;
    private readonly StageFields fields = new();

    private ContractionTemplate(LoweredContraction stage, IReadOnlyList<string>? rows)
    {
        this.stage = stage;
        this.rows = rows;
    }

    /// <param name="stage">The contraction.</param>
    /// <param name="name">The struct's name.</param>
    /// <param name="rows">The rows of the row block that it is part of; null if it is a launch.</param>
    public static GpuStage Print(LoweredContraction stage, string name, IReadOnlyList<string>? rows = null) =>
        new ContractionTemplate(stage, rows).Run(name);

    private GpuStage Run(string name)
    {
        var store = Epilogue();
        var sides = stage.Operands.Select((operand, i) => Side(operand, i)).ToArray();
        var parts = sides.Select(s => s.Code).Append(store).ToArray();
        var looksUp = parts.Any(p => p.LooksUp);
        var text = new StringBuilder();
        if (rows is null)
        {
            var (left, right) = (Form(stage.Left, sides[0].Code), Form(stage.Right, sides[1].Code, isRight: true));
            text.Append($"        public static {Library.Gpu}GpuProductForm Form => " +
                $"new({left}, {right}, {CSharpText.Literal(store.Quads.Axis != null)}{(ReadsElements() ? ", true" : "")});\n");
        }
        else
        {
            foreach (var (side, code) in sides.Select(s => (s.Name, s.Code)).Append(("Store", store)))
                text.Append($"        public static bool {side}Fours => {CSharpText.Literal(code.Quads.Axis != null)};\n");
            foreach (var side in sides) Short(side);
            if (stage.Beside is null) Held();
            else text.Append($"\n        public static bool StoreEights => {CSharpText.Literal(store.Quads.IsOfShortScratch)};\n");
        }
        foreach (var side in sides) Method("V", side.Name, side.Parameters, side.Code);
        Method("void", "Store", $"int m, int n, V sum{(stage.Beside is null ? "" : ", V other")}", store);
        var sizes = string.Join(", ", new[] { stage.Shape.Batch, stage.Shape.Rows, stage.Shape.Columns, stage.Shape.K }.Select(Sizes.Product));
        var fours = string.Join(", ", parts.Select(code => code.Quads.Condition));
        var matrices = Matrix("left", stage.Left) + Matrix("right", stage.Right);
        var launch = $"{Library.Gpu}GpuGemm.Run<{GpuStage.Self}, T, S>(_device, _stage, {sizes}, {fours}{matrices});";
        return new GpuStage(
            name, stage.Template, stage.Comment,
            $"{Library.Gpu}IGpu{(rows is null ? "Contraction" : stage.Beside is null ? "RowContraction" : "RowPair")}<{GpuStage.Self}, T>",
            fields.Arguments, looksUp, text.ToString(), launch)
        {
            FourSizes = parts.SelectMany(code => code.Quads.Sizes).Distinct().ToArray(),
        };

        void Method(string result, string method, string parameters, Code code)
        {
            if (text.Length > 0) text.Append('\n');
            var at = rows is null ? "" : $"{GpuStage.Rows} {GpuStage.At}, ";
            var signature =
                $"public static {result} {method}<{GpuBackend.Lanes}>({GpuStage.Self} _a, {at}int batch, {parameters}) {GpuBackend.LaneConstraints}";
            text.Append(GpuStage.Head(signature, fields, looksUp, rows)).Append(code.Text).Append($"        {CSharpText.Close}\n");
        }

        // An operand that is read as it is from a short buffer, as the words that lie there.
        void Short(OperandSide side)
        {
            var isShort = side.Operand.Value.Computation is Load { Place.Buffer.IsShort: true };
            var words = isShort ? Operand(side.Operand, side.Own, asWords: true) : null;
            if (words?.Quads.Axis is null) words = null;
            var given = $"{GpuStage.Self} _a, {GpuStage.Rows} {GpuStage.At}, int batch, {side.Parameters}";
            var signature = $"public static {Library.Gpu}Pair<uint> {side.Name}Words({given})";
            text.Append($"\n        public static bool {side.Name}Short => {(words is null ? "false" : $"{LaunchClass.Short}.IsShort")};\n\n");
            if (words is null) text.Append($"        {signature} => default;\n");
            else text.Append(GpuStage.Head(signature, fields, looksUp, rows)).Append(words.Text).Append($"        {CSharpText.Close}\n");
        }

        // A left operand that lies in scratch just as it is multiplied.
        void Held()
        {
            var held = HeldPlace();
            text.Append($"\n        public static bool LeftHeld => {(held is null ? "false" : $"{LaunchClass.Short}.IsShort")};\n\n");
            var pieces = held is null ? "default"
                : $"new(_a.{fields.Pointer(held)} / 8, {GpuStage.Pitch(isShort: true, $"_a.{fields.Size(held.Axes.Last())}")} / 8)";
            text.Append($"        public static {Library.Gpu}Pair<int> LeftPieces({GpuStage.Self} _a) => {pieces};\n");
        }
    }

    /// <summary>An operand, with the names of its place and of its own index, and its code.</summary>
    private sealed record OperandSide(string Name, Operand Operand, string Own, Code Code)
    {
        public string Parameters => Own == "m" ? "int m, int k" : "int k, int n";
    }

    private OperandSide Side(Operand operand, int number)
    {
        var own = number % 2 == 0 ? "m" : "n";
        return new OperandSide((number < 2 ? "" : "Other") + (own == "m" ? "Left" : "Right"), operand, own, Operand(operand, own));
    }

    /// <summary>Where the left operand lies, if that is in scratch in 16 bits, and it is read as it lies: by an axis of rows and another.</summary>
    private Place? HeldPlace()
    {
        if (stage.Left.Value.Computation is not Load { Bounds.Count: 0, Place: { IsScratch: true, Buffer.IsShort: true } place } load) return null;
        bool IsPlain(AccessAxis at, string axis) => stage.Left.Axes.All.Any(v => v.Axis == axis && at.Index.Equals(Affine.Of(v)));
        var isByAxes = rows!.Count == 1 && load.Access.Axes.Count == 2;
        return isByAxes && load.Access.Axes.Zip(place.Axes, IsPlain).All(isPlain => isPlain) ? place : null;
    }

    /// <summary>Whether something is read for each sum of its own when it is finished, rather than for a row or column.</summary>
    private bool ReadsElements()
    {
        var (axes, stores) = (stage.Epilogue.Axes, stage.Epilogue.Stores);
        return Value.Reachable(stores.Select(s => s.Value).ToArray()).Select(v => v.Computation).OfType<Load>()
            .Any(load => IsAlong(load, axes.Rows) && IsAlong(load, axes.Run));

        static bool IsAlong(Load load, IEnumerable<LoopVariable> axes) => axes.Any(axis => load.Indices.Any(i => QuadPlan.Varies(i, axis)));
    }

    /// <summary>What a launch is told of an operand that lies as it is multiplied.</summary>
    private string Matrix(string side, Operand operand)
    {
        if (operand.Matrix is not { } matrix) return "";
        var strides = $"{(matrix.Item is { } axes ? Sizes.Product(axes) : "0")}, {Sizes.Product(matrix.Row)}";
        return $", {side}Matrix: " + (BufferNames.IsParameter(matrix.Place.Buffer.Name)
            ? $"{Names.Tensor(matrix.Place.Buffer.Name)}.GpuMatrix(_device, {strides})"
            : $"{Library.Gpu}GpuMatrix.Of(_stage.{fields.Pointer(matrix.Place)}, {strides})");
    }

    private static string Form(Operand operand, Code code, bool isRight = false)
    {
        var computations = Value.Reachable(new[] { operand.Value }).Select(v => v.Computation).ToArray();
        var isCostly = computations.Any(c => c is RandomNumber || c is Operation o && OpFacts.Of(o.Op).IsCostly);
        var variesByItem = computations.SelectMany(c => c.Indices).Any(i => operand.Axes.Batch.Any(axis => QuadPlan.Varies(i, axis)));
        var facts = new List<bool> { operand.IsAlongK, code.Quads.Axis != null, isCostly, variesByItem };
        // A parameter that all items have on the right is taken to be a weight, of which a module keeps words.
        if (operand.Matrix is { } matrix)
        {
            facts.Add(matrix.Place.Buffer.IsShort || BufferNames.IsParameter(matrix.Place.Buffer.Name) && isRight && !variesByItem);
            facts.Add(true);
        }
        return $"new({string.Join(", ", facts.Select(CSharpText.Literal))})";
    }

    private Code Operand(Operand operand, string own, bool asWords = false)
    {
        const string k = "k";
        var values = Begin(operand.Axes, operand.IsAlongK ? own : k, operand.IsAlongK ? k : own, new[] { operand.Value }, Array.Empty<Store>());
        values.Code.Line($"return {(asWords ? values.Words((Load)operand.Value.Computation) : values.Spread(operand.Value))};");
        return Close(values);
    }

    private Code Epilogue()
    {
        var (axes, stores) = (stage.Epilogue.Axes, stage.Epilogue.Stores);
        var values = Begin(axes, "m", "n", stores.Select(s => s.Value).ToArray(), stores);
        // Of one number there is no other sum than itself.
        values.Bind(stage.Epilogue.Sum, values.Quads.Axis is null ? "L.Sum(sum)" : "sum");
        if (stage.Beside is { } beside) values.Bind(beside.Sum, values.Quads.Axis is null ? "L.Sum(other)" : "other");
        foreach (var store in stores) values.Store(store, values.Value(store));
        return Close(values);
    }

    /// <summary>All indices, from flat ones; those of a run that count as one in memory stay one.</summary>
    private ScalarDialect Begin(RunAxes axes, string row, string run, IReadOnlyList<Value> roots, IReadOnlyList<Store> stores)
    {
        // What goes to scratch may go beyond the end of a row.
        var isRagged = stores.Count > 0 && stores.All(s => s.Place.IsScratch);
        var quads = QuadPlan.Of(axes.Dense, roots, stores, rows, isRagged);
        var values = new ScalarDialect(fields, quads: quads) { Rows = rows ?? Array.Empty<string>() };
        values.Code.Push(0);
        var joint = JointAxes.Of(roots, stores);
        if (rows is null) joint.Decode(values, "batch", axes.Batch);
        else BlockItem.Decode(values, axes.Batch);
        joint.Decode(values, row, axes.Rows);
        joint.Decode(values, run, axes.Outer.Select(v => (v, (IReadOnlyList<LoopVariable>)new[] { v })).Append((axes.Dense, axes.Flat)).ToArray());
        Sections.Open(values.Code, 1, Levels - 1);
        return values;
    }

    private static Code Close(ScalarDialect values) => new(Sections.Close(values.Code, Levels), values.LooksUp, values.Quads);

    private sealed record Code(string Text, bool LooksUp, QuadPlan Quads);
}
