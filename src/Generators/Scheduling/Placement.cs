using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>
/// Finishes a partition: drops what nobody reads, gives every value that crosses stages a place in memory, and orders the axes of
/// the loops so that the innermost one is dense in memory.
/// </summary>
internal sealed class Placement
{
    private readonly Partition partition;
    private readonly Program program;
    private readonly Graph graph;
    private readonly Target target;
    private readonly Dictionary<int, Stage> byIndex;
    private readonly Dictionary<int, int> stageOf;
    private readonly Dictionary<int, Place> places = new();
    private readonly List<BufferModel> temporaries = new();
    private readonly HashSet<int> wanted = new();
    private readonly Dictionary<int, HashSet<RowBlock?>> readers = new();
    private int scratches;

    private Placement(Partition partition, Target target)
    {
        this.partition = partition;
        this.target = target;
        (program, graph) = (partition.Program, partition.Graph);
        byIndex = partition.Stages.ToDictionary(s => s.Index);
        stageOf = partition.StageOf.ToDictionary(p => p.Key, p => p.Value);
    }

    public static Schedule Run(Partition partition, Target target) => new Placement(partition, target).Run();

    private Schedule Run()
    {
        foreach (var output in program.Outputs) Want(output.Value, null);
        foreach (var stage in partition.Stages.Reverse()) byIndex[stage.Index] = WithoutUnread(stage);
        foreach (var id in Enumerable.Range(0, graph.Nodes.Count))
            if (graph[id].Op == Op.Input && program.Inputs.TryGetValue(graph[id].Name, out var buffer)) places[id] = new Place(buffer);
        foreach (var output in program.Outputs) places[output.Value] = new Place(output.Buffer);
        // Stacks first: their parts lie inside them.
        foreach (var id in wanted.Where(i => graph[i].Op == Op.Stack).OrderBy(i => i).ToArray()) Place(id);
        foreach (var stage in partition.Stages) byIndex[stage.Index] = WithoutRenamed(byIndex[stage.Index]);
        foreach (var id in wanted.Where(i => graph[i].Op != Op.Stack).OrderBy(i => i).ToArray()) Place(id);
        var stages = partition.Stages.Select(s => Ordered(byIndex[s.Index])).ToArray();
        var final = stages.ToDictionary(s => s.Index);
        var blocks = partition.Blocks.Select(b => b with { Parts = b.Parts.Select(p => final[p.Index]).ToArray() }).ToArray();
        return new Schedule(program, stages, blocks, stageOf, places, temporaries, target, partition.Anchors.Decisions);
    }

    /// <summary>A value has to be stored for a reader in this block, or in none.</summary>
    private void Want(int id, RowBlock? reader)
    {
        if (!readers.TryGetValue(id, out var known)) readers.Add(id, known = new HashSet<RowBlock?>());
        known.Add(reader);
        if (!wanted.Add(id) || graph[id].Op != Op.Stack) return;
        foreach (var part in graph[id].Args) Want(part, null);
    }

    /// <summary>Keeps the items that are wanted, or that a kept item of the stage uses; what those read elsewhere is wanted in turn.</summary>
    private Stage WithoutUnread(Stage stage)
    {
        var kept = new HashSet<int>();
        foreach (var item in stage.Items)
            if (wanted.Contains(item.Node)) Keep(item.Node);
        return stage with { Items = stage.Items.Where(i => kept.Contains(i.Node)).ToArray() };

        void Keep(int id)
        {
            if (!kept.Add(id)) return;
            foreach (var operand in program.Operands(id)) Read(operand);
        }

        void Read(int id)
        {
            if (graph[id].Op == Op.Input) return;
            if (graph[id].Op == Op.Stack) Want(id, null);
            else if (stageOf.TryGetValue(id, out var owner) && owner != stage.Index) Want(id, partition.Blocks.Of(stage));
            else Keep(id);
        }
    }

    private void Place(int id)
    {
        var node = graph[id];
        if (!places.TryGetValue(id, out var place))
        {
            if (ScratchPlace(id, node) is { } scratch)
            {
                places[id] = scratch;
                return;
            }
            var name = $"_t{temporaries.Count + 1}";
            temporaries.Add(new BufferModel(name, node.Type, MemoryOrder(node)));
            places[id] = place = new Place(temporaries.Last());
        }
        if (node.Op != Op.Stack) return;
        for (var i = 0; i < node.Args.Count; i++) places[node.Args[i]] = new Place(place.Buffer, node.Over[0], i);
    }

    /// <summary>
    /// Takes away the items that only give a contraction's result, which nothing else reads, another name for an axis: then the result is stored
    /// where the item was to be, and there is nothing to copy. (Gradients of keys and values, into the gradient of their projection.)
    /// </summary>
    private Stage WithoutRenamed(Stage stage)
    {
        var items = new List<Item>();
        foreach (var item in stage.Items)
        {
            if (stage is not LoopStage || RenamedInPlace(item) is not var (source, owner, place))
            {
                items.Add(item);
            }
            else
            {
                places[source] = place;
                stageOf[item.Node] = owner;
            }
        }
        return stage with { Items = items };
    }

    /// <summary>The result that an item gives another name, the contraction that makes it, and its place; null if it is something else.</summary>
    private (int Source, int Owner, Place Place)? RenamedInPlace(Item item)
    {
        var copy = graph[item.Node];
        if (item.Kind != ItemKind.Value || copy.Op != Op.Copy || graph[copy.Args[0]].Op != Op.View) return null;
        var view = graph[copy.Args[0]];
        var source = view.Args[0];
        if (view.Map is not { Offset: 0, Divisor: 1, Checked: false, Terms.Count: 1 } map || map.Terms[0].Scale != 1) return null;
        if (!program.IsRename(view.Over[0], map.Terms[0].Axis) || graph[source].Axes.Contains(map.Terms[0].Axis)) return null;
        if (partition.Anchors.UserCount(source) != 1 || partition.Anchors.UserCount(copy.Args[0]) != 1 || places.ContainsKey(source)) return null;
        if (!stageOf.TryGetValue(source, out var owner) || byIndex[owner] is not ContractionStage || !places.TryGetValue(item.Node, out var place))
        {
            return null;
        }
        if (place.Axes.Count() != graph[source].Axes.Count) return null;
        var renamed = place.Buffer.Axes.Select(a => a == map.Terms[0].Axis ? view.Over[0] : a).ToEquatable();
        return (source, owner, place with { Buffer = place.Buffer with { Axes = renamed } });
    }

    /// <summary>
    /// A place in the scratch memory of a row block, if the value is computed and read nowhere else: its rows, and the axes within them, but
    /// no batch.
    /// </summary>
    private Place? ScratchPlace(int id, Node node)
    {
        if (node.Type != ValueType.Real || !stageOf.TryGetValue(id, out var owner)) return null;
        if (partition.Blocks.Of(byIndex[owner]) is not { } block || !readers[id].SetEquals(new[] { block })) return null;
        var axes = block.Rows.Concat(node.Axes.Where(a => !block.Outer.Contains(a)));
        return new Place(new BufferModel($"_s{++scratches}", node.Type, axes.ToEquatable()), IsScratch: true);
    }

    /// <summary>As the first tensor of the kernel over the same axes lies, else as the value came to be.</summary>
    private EquatableArray<string> MemoryOrder(Node node)
    {
        foreach (var buffer in program.Outputs.Select(o => o.Buffer).Concat(program.Inputs.Values))
            if (buffer.Axes.Count == node.Axes.Count && buffer.Axes.All(node.Axes.Contains)) return buffer.Axes;
        return node.Axes;
    }

    /// <summary>A stage with its axes in order; one that nobody reads has nothing left to order.</summary>
    private Stage Ordered(Stage stage) =>
        stage.Items.Count == 0 ? stage : stage is LoopStage loop ? Ordered(loop) : Ordered((ContractionStage)stage);

    private LoopStage Ordered(LoopStage loop)
    {
        var axis = new VectorAxis(program, target, id => stageOf.TryGetValue(id, out var s) && s != loop.Index ? places[id].Axes : null);
        var reference = new List<string>();
        foreach (var item in loop.Items)
        {
            axis.Read(item.Node);
            if (!places.TryGetValue(item.Node, out var place)) continue;
            var axes = place.Axes.ToList();
            if (axes.Count > reference.Count) reference = axes;
            if (item.Kind == ItemKind.Value) axis.Write(axes);
        }
        var row = loop.Inner;
        if (partition.Blocks.Of(loop) is { } block)
        {
            // The block's rows in its own order, so that some of them are a range.
            row = loop.Space.Where(a => !block.Outer.Contains(a)).ToArray();
            reference.InsertRange(0, block.Outer);
        }
        var order = reference.Where(loop.Space.Contains).Concat(SpaceOrder(loop)).Distinct().ToList();
        var candidates = loop.IsScatter ? ScatterCandidates(loop, order) : row ?? order;
        var vector = axis.Best(order.Where(candidates.Contains));
        var inner = order.Where(a => row?.Contains(a) == true && a != vector).ToList();
        if (vector.Length > 0) inner.Add(vector);
        return loop with { Inner = inner, Outer = order.Where(a => !inner.Contains(a)).ToArray() };
    }

    /// <summary>A scatter vectorises along an axis that the index does not vary along and the result has.</summary>
    private List<string> ScatterCandidates(LoopStage loop, List<string> order)
    {
        var node = graph[loop.Items.Single().Node];
        return order.Where(a => node.Axes.Contains(a) && !graph.Axes(node.Args[1]).Contains(a)).ToList();
    }

    private IEnumerable<string> SpaceOrder(LoopStage loop)
    {
        var first = graph[loop.Items[0].Node];
        var argument = loop.Items[0].Kind == ItemKind.Value ? first.Axes : graph[first.Args[0]].Axes;
        return argument.Where(loop.Space.Contains).Concat(loop.Space.OrderBy(a => a, System.StringComparer.Ordinal)).Distinct();
    }

    /// <summary>The side whose axis is dense in the result gives the columns; within a group, axes go as they lie in memory.</summary>
    private ContractionStage Ordered(ContractionStage stage)
    {
        var place = stage.Items.Select(i => places.TryGetValue(i.Node, out var p) ? p : null).FirstOrDefault(p => p != null);
        var result = (place?.Axes ?? graph.Axes(stage.Root)).ToList();
        var contraction = stage.Contraction;
        var block = partition.Blocks.Of(stage);
        var isSwapped = block?.Role(stage) == PartRole.Rows ? !contraction.Rows.Contains(block.Rows[0]) : contraction.Rows.Contains(result.Last());
        if (isSwapped) contraction = contraction.Swapped;
        if (block != null) result = block.Outer.Concat(result.Where(a => !block.Outer.Contains(a))).ToList();
        contraction = contraction with
        {
            Batch = InOrder(contraction.Batch, result),
            Rows = InOrder(contraction.Rows, result),
            Columns = InOrder(contraction.Columns, result),
            K = contraction.K.OrderBy(a => a, new DensityOrder(this, contraction.Left, contraction.Right)).ToArray(),
        };
        var beside = stage.Beside is { } other ? (other.Root, AsThe(contraction, other.Contraction)) : ((int, Contraction)?)null;
        return stage with { Contraction = contraction, Beside = beside };
    }

    /// <summary>A contraction over the same axes as another, which has its rows and all in the same order.</summary>
    private static Contraction AsThe(Contraction one, Contraction other)
    {
        if (!one.Rows.IsSameSetAs(other.Rows)) other = other.Swapped;
        return one with { Left = other.Left, Right = other.Right };
    }

    private static IReadOnlyList<string> InOrder(IReadOnlyList<string> axes, List<string> order) => axes.OrderBy(order.IndexOf).ToArray();

    /// <summary>Orders axes as they lie in the operand with most axes.</summary>
    private sealed class DensityOrder : IComparer<string>
    {
        private readonly List<string> order;

        public DensityOrder(Placement owner, int left, int right)
        {
            var graph = owner.graph;
            var id = graph.Axes(left).Count >= graph.Axes(right).Count ? left : right;
            order = Layout(id).ToList();

            IEnumerable<string> Layout(int at)
            {
                var node = graph[at];
                if (owner.places.TryGetValue(at, out var place)) return place.Axes;
                return node.Op switch
                {
                    Op.View => Layout(node.Args[0]).SelectMany(a => a == node.Over[0] ? node.Map!.Terms.Select(t => t.Axis) : new[] { a }).Distinct(),
                    _ => node.Axes,
                };
            }
        }

        public int Compare(string? x, string? y) => order.IndexOf(x!).CompareTo(order.IndexOf(y!));
    }
}
