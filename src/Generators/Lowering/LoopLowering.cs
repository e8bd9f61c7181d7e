using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Lowering;

/// <summary>
/// Lowers a loop stage: within a row one pass over the inner axes for every depth of reductions, then what is known of the whole row.
/// </summary>
internal sealed class LoopLowering
{
    private readonly Schedule schedule;
    private readonly LoopStage stage;
    private readonly LoopVariable[] outer;
    private readonly LoopVariable[] inner;
    private readonly IndexEnvironment env;
    private readonly ValueTable table = new();
    private readonly Dictionary<int, Value> reduced = new();
    private readonly List<Partial> partials = new();
    private readonly Item[][] passes;
    private readonly StashPlan stash;
    private readonly Dictionary<int, Slot> slots;
    private readonly IReadOnlyList<int> across;

    private LoopLowering(Schedule schedule, LoopStage stage, IReadOnlyList<int>? across = null)
    {
        this.across = across ?? System.Array.Empty<int>();
        this.schedule = schedule;
        this.stage = stage;
        outer = stage.Outer.Select(a => new LoopVariable(a, 1)).ToArray();
        inner = stage.Inner!.Select((a, i) => new LoopVariable(a, i + 2)).ToArray();
        env = new IndexEnvironment(outer.Concat(inner));
        var depths = stage.Items.GroupBy(i => stage.IsScatter ? 0 : RowPasses.Depth(schedule, stage, i)).OrderBy(g => g.Key);
        passes = depths.Select(g => g.Where(IsWork).ToArray()).Where(items => items.Length > 0).ToArray();
        stash = new StashPlan(schedule, stage, passes);
        slots = stash.Values.Select((id, i) => (id, slot: new Slot(i, Access.Of(stage.Inner!, env)))).ToDictionary(s => s.id, s => s.slot);
    }

    private Graph Graph => schedule.Graph;

    private LoopVariable? Dense => inner.LastOrDefault();

    public static LoweredLoop Of(Schedule schedule, LoopStage stage) => new LoopLowering(schedule, stage).Run();

    /// <summary>Loops that are launched together, each by itself and both at once.</summary>
    public static LoweredPair Of(Schedule schedule, LoopPair pair)
    {
        var (rows, sums) = (pair.Rows, pair.Sums);
        var across = sums.Items.Where(i => i.Kind == ItemKind.RowReduction).Select(i => i.Node).ToArray();
        var elements = sums.Items.Where(i => schedule.Graph.Axes(i.Node).Count == sums.Space.Count);
        var items = rows.Items.Concat(across.Select(id => new Item(id, ItemKind.ColumnReduction))).Concat(elements).ToArray();
        // Where the second is the first, too, it finds what that one computes.
        var stageOf = schedule.StageOf.ToDictionary(p => p.Key, p => p.Value == sums.Index ? rows.Index : p.Value);
        var both = new LoopLowering(schedule with { StageOf = stageOf }, rows with { Items = items }, across).Run();
        return new LoweredPair(Of(schedule, rows), Of(schedule, sums), both);
    }

    private LoweredLoop Run()
    {
        var done = passes.Select(Pass).ToArray();
        var values = Values(-1);
        var stores = stage.Items.Where(i => IsRowValue(i) && IsStored(i)).Select(i => Store.Of(schedule, i.Node, values, env)).ToArray();
        return new LoweredLoop(
            stage.Template, StageText.Describe(schedule, stage), StageLowering.Origin(schedule, stage), outer, inner, done, stores,
            slots.Values.OrderBy(s => s.Number).ToArray(), partials, schedule.BlockOf(stage) != null);
    }

    /// <summary>Values as a pass finds them: reductions of earlier passes, and what these have put aside.</summary>
    private ValueLowering Values(int pass) => new(schedule, stage, table, Dense, (id, at) =>
    {
        if (reduced.TryGetValue(id, out var result)) return result;
        // Seen through a view it is another element than the one at this place of the row.
        var isHere = at.Checks.Count == 0 && at.Of(Graph.Axes(id)).Equals(env.Of(Graph.Axes(id)));
        return isHere && stash.IsKept(id, pass) ? table.Of(new PutAside(slots[id]), Graph.Origins[id]) : null;
    });

    private bool IsRowValue(Item item) =>
        item.Kind == ItemKind.RowReduction || (item.Kind == ItemKind.Value && inner.Length > 0 && !Graph.Axes(item.Node).Any(stage.Inner!.Contains));

    private bool IsStored(Item item) => item.Kind != ItemKind.ColumnReduction && schedule.Places.ContainsKey(item.Node);

    /// <summary>Whether it is something to do element by element.</summary>
    private bool IsWork(Item item) => item.Kind is ItemKind.RowReduction or ItemKind.ColumnReduction || (!IsRowValue(item) && IsStored(item));

    private Pass Pass(Item[] items, int pass)
    {
        var values = Values(pass);
        IEnumerable<Item> Those(ItemKind kind) => items.Where(i => i.Kind == kind);
        var rows = Those(ItemKind.RowReduction).Select(i => (i.Node, Row: Row(i, values))).ToArray();
        var result = new Pass(
            rows.Select(r => r.Row).ToArray(),
            Those(ItemKind.ColumnReduction).Where(i => !across.Contains(i.Node)).Select(i => Column(i, values)).ToArray(),
            Those(ItemKind.Value).Select(i => Store.Of(schedule, i.Node, values, env)).ToArray(),
            Those(ItemKind.Scatter).Select(i => Scatter(i, values)).SingleOrDefault(),
            stash.Puts(pass).Select(id => new Put(slots[id], values.Of(id, env))).ToArray(),
            stash.IsCostly(pass, Those(ItemKind.Value)))
        {
            Across = across.Select((id, i) => (Number: i, Item: items.FirstOrDefault(item => item.Node == id))).Where(a => a.Item != null)
                .Select(a => new AcrossReduction(a.Number, Reduction(a.Item!, values))).ToArray(),
        };
        foreach (var (node, row) in rows) reduced.Add(node, row.Result);
        return result;
    }

    private RowReduction Row(Item item, ValueLowering values)
    {
        var reduction = Reduction(item, values);
        return new RowReduction(reduction, table.Of(new RowResult(reduction)));
    }

    private Reduction Reduction(Item item, ValueLowering values)
    {
        var node = Graph[item.Node];
        return new Reduction(node.Op, values.Of(node.Args[0], env), ShortWork.IsShort(schedule, node), Graph.Origins[item.Node]);
    }

    private ColumnReduction Column(Item item, ValueLowering values)
    {
        var place = schedule.Places[item.Node];
        var isAlongDense = Dense is null || !Graph.Axes(item.Node).Contains(Dense.Axis);
        var partial = schedule.AddsInPlace(item) ? null : (int?)Partial(place, Graph[item.Node].Op);
        return new ColumnReduction(Reduction(item, values), place, Access.Of(place, env), isAlongDense, partial);
    }

    private int Partial(Place place, Op op)
    {
        var known = partials.FindIndex(p => p.Place == place);
        if (known >= 0) return known;
        partials.Add(new Partial(place, op, inner.Take(inner.Length - 1).Axes().Except(place.Axes).ToEquatable()));
        return partials.Count - 1;
    }

    private Scatter Scatter(Item item, ValueLowering values)
    {
        var (node, place) = (Graph[item.Node], schedule.Places[item.Node]);
        var value = values.Of(node.Args[0], env);
        var index = values.Index(node.Args[1], node.Over[0], env);
        if (values.IsLookedUpAlongDense(index)) throw new IrException("a scatter whose every axis is indexed is not supported", "MDSL023");
        return new Scatter(value, place, Access.Of(place, env.With(node.Over[0], index)), Graph.Origins[item.Node]);
    }
}
