using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Lowering;

/// <summary>
/// Lowers a contraction stage: how runs of its operands are got at (with their prologue), and what is done with finished sums (the epilogue).
/// </summary>
internal sealed class ContractionLowering
{
    private readonly Schedule schedule;
    private readonly ContractionStage stage;
    private readonly Contraction shape;

    private ContractionLowering(Schedule schedule, ContractionStage stage)
    {
        this.schedule = schedule;
        this.stage = stage;
        shape = stage.Contraction;
    }

    private Item[] Stored => stage.Items.Where(i => schedule.Places.ContainsKey(i.Node)).ToArray();

    public static LoweredContraction Of(Schedule schedule, ContractionStage stage) => new ContractionLowering(schedule, stage).Run();

    private LoweredContraction Run()
    {
        var (epilogue, sumBeside) = Epilogue();
        return new LoweredContraction(
            stage.Template, StageText.Describe(schedule, stage), StageLowering.Origin(schedule, stage), shape,
            Operand(shape.Left, shape.Rows), Operand(shape.Right, shape.Columns), epilogue, Direct())
        {
            Beside = stage.Beside is { Contraction: var beside }
                ? new ProductBeside(Operand(beside.Left, shape.Rows), Operand(beside.Right, shape.Columns), sumBeside) : null,
        };
    }

    private Operand Operand(int operand, IReadOnlyList<string> own)
    {
        var isAlongK = IsAlongK(operand, own);
        var (rows, run) = isAlongK ? (own, shape.K) : (shape.K, own);
        // How many axes of a run are one in memory decides the loops over it, and these how far in its variables are known.
        var apart = Axes(rows, run, 1);
        var flat = OperandMemory.PlainRead(schedule, stage, operand, new IndexEnvironment(apart.All)) is var (read, at)
            ? OperandMemory.CollapsedSuffix(read, at, apart.Run) : 0;
        var axes = Axes(rows, run, System.Math.Max(flat, 1));
        var (table, env) = (new ValueTable(), new IndexEnvironment(axes.All));
        if (flat == 0)
        {
            var values = new ValueLowering(schedule, stage, table, axes.Dense, (_, _) => null);
            return new Operand(isAlongK, axes, values.Of(operand, env), IsInMemory: false);
        }
        var (place, inner) = OperandMemory.PlainRead(schedule, stage, operand, env)!.Value;
        var load = new Load(place, Access.Of(place, OperandMemory.Flattened(place, inner, axes.Flat)), default);
        // Floats that do not lie along k are packed in any case.
        var isFloat = place.Buffer.Type == ValueType.Real && !place.IsScratch && (isAlongK || BufferNames.IsParameter(place.Buffer.Name));
        return new Operand(isAlongK, axes, table.Of(load), IsInMemory: true)
        {
            Matrix = place.Buffer.IsShort || isFloat ? Matrix(operand, apart, flat) : null,
        };
    }

    /// <summary>Where an operand of which so many axes of a run are one in memory is a matrix for each item, if it is.</summary>
    private OperandMatrix? Matrix(int operand, RunAxes axes, int flat)
    {
        var (place, env) = OperandMemory.PlainRead(schedule, stage, operand, new IndexEnvironment(axes.All))!.Value;
        bool IsWhole(Affine index) => index is { Offset: 0, Divisor: 1, Terms.Count: 1 } && index.Terms[0] is { Scale: 1, Variable: LoopVariable };
        // A part of a buffer may begin anywhere, and words are copied from multiples of eight on.
        var isAll = flat == axes.Run.Count && place.StackAxis.Length == 0 && place.Axes.All(a => IsWhole(env[a]));
        if (!isAll || One(axes.Rows) is not { } row) return null;
        if (axes.Batch.All(b => place.Axes.All(a => env[a].Scale(b) == 0))) return new OperandMatrix(place, null, row);
        return One(axes.Batch) is { } item ? new OperandMatrix(place, item, row) : null;

        // The stride of axes that are one.
        IReadOnlyList<string>? One(IReadOnlyList<LoopVariable> group) =>
            OperandMemory.Strides(place, env, group) is { } strides && OperandMemory.Collapses(strides, group) ? strides.LastOrDefault() : null;
    }

    private (Epilogue Epilogue, Value SumBeside) Epilogue()
    {
        var axes = Axes(shape.Rows, shape.Columns, 1);
        var (table, env) = (new ValueTable(), new IndexEnvironment(axes.All));
        var (sum, beside) = (table.Of(new FinishedSum(axes.Dense)), table.Of(new FinishedSum(axes.Dense, IsOfBeside: true)));
        var values = new ValueLowering(
            schedule, stage, table, axes.Dense, (id, _) => id == stage.Root ? sum : id == stage.Beside?.Root ? beside : null);
        return (new Epilogue(axes, sum, Stored.Select(i => Store.Of(schedule, i.Node, values, env)).ToArray()), beside);
    }

    /// <summary>The only place that the bare sums go to, if rows and columns are one stride each there.</summary>
    private DirectTarget? Direct()
    {
        if (Stored.Length != 1 || Stored[0].Node != stage.Root) return null;
        var (place, axes) = (schedule.Places[stage.Root], Axes(shape.Rows, shape.Columns, 1));
        var env = new IndexEnvironment(axes.All);
        if (OperandMemory.Strides(place, env, axes.Run) is not { } columns || columns[columns.Count - 1].Count > 0) return null;
        if (OperandMemory.Strides(place, env, axes.Rows) is not { } rows) return null;
        if (!OperandMemory.Collapses(columns, axes.Run) || !OperandMemory.Collapses(rows, axes.Rows)) return null;
        foreach (var axis in shape.Rows.Concat(shape.Columns)) env = env.With(axis, new Affine(default));
        return new DirectTarget(place, Access.Of(place, env), place.Stride(shape.Rows[shape.Rows.Count - 1]).ToEquatable());
    }

    /// <summary>The axes of a run, of which so many at the end count as one.</summary>
    private RunAxes Axes(IReadOnlyList<string> rows, IReadOnlyList<string> run, int flat)
    {
        var outer = run.Count - flat;
        return new RunAxes(At(shape.Batch, 0), At(rows, 0), At(run.Take(outer), 1), At(run.Skip(outer), outer > 0 ? 2 : 1));

        static LoopVariable[] At(IEnumerable<string> axes, int level) => axes.Select(a => new LoopVariable(a, level)).ToArray();
    }

    /// <summary>Whether the operand lies densely along the summed axes rather than along its own.</summary>
    private bool IsAlongK(int operand, IReadOnlyList<string> own)
    {
        var axis = new VectorAxis(schedule.Program, schedule.Target, id => schedule.IsRead(id, stage) ? schedule.Places[id].Axes : null);
        axis.Read(operand);
        return shape.K.Contains(axis.Best(own.Concat(shape.K)));
    }
}
