using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Costs;

/// <summary>
/// What a launch has to do at least: bytes it reads, each element of a place once, bytes it writes, and arithmetic operations, each
/// value once over its axes. Reals count four bytes, as float32, or two in short buffers where a device keeps them so. What the schedule
/// repeats on top of that (a prologue packed several times, a row read again from the cache) is not in it, and no partial sums. What the
/// parts of a row block pass on to each other stays in the caches: it is neither read nor, in scratch, written.
/// </summary>
internal sealed class StageCosts
{
    private const int ElementBytes = 4, ShortBytes = 2;

    private readonly Schedule schedule;
    private readonly bool inShort;
    private readonly AxisProducts products;
    private readonly Dictionary<(string Place, string Part), SizePolynomial> reads = new();
    private readonly HashSet<int> own;

    private StageCosts(Schedule schedule, IReadOnlyList<Stage> parts, AxisProducts products, bool inShort)
    {
        this.schedule = schedule;
        this.inShort = inShort;
        this.products = products;
        own = new HashSet<int>(parts.SelectMany(p => p.Items).Select(i => i.Node));
    }

    public SizePolynomial BytesRead { get; } = new();

    public SizePolynomial BytesWritten { get; } = new();

    public SizePolynomial Operations { get; } = new();

    /// <summary>Those of them that are of contractions.</summary>
    public SizePolynomial ContractionOperations { get; } = new();

    /// <param name="schedule">The schedule.</param>
    /// <param name="parts">The stages that run in one launch.</param>
    /// <param name="products">How sizes are spelled.</param>
    /// <param name="inShort">Whether a device keeps short buffers in 16 bits.</param>
    public static StageCosts Of(Schedule schedule, IReadOnlyList<Stage> parts, AxisProducts products, bool inShort)
    {
        var costs = new StageCosts(schedule, parts, products, inShort);
        foreach (var part in parts)
        {
            costs.Walk(part);
            foreach (var item in part.Items) costs.Write(item);
        }
        // Parts of a place that is read as a whole besides are no further reads.
        foreach (var read in costs.reads)
            if (read.Key.Part.Length == 0 || !costs.reads.ContainsKey((read.Key.Place, ""))) costs.BytesRead.Add(read.Value);
        return costs;
    }

    /// <summary>The bytes of an element of a buffer.</summary>
    public static int BytesOf(BufferModel buffer, bool inShort) => inShort && buffer.IsShort ? ShortBytes : ElementBytes;

    /// <summary>
    /// Walks what a stage computes, from its items down to what it reads from memory. Every value is met once for each way in which views look at
    /// it; seen through a view, an axis stands for those that the view reads it along.
    /// </summary>
    private void Walk(Stage stage)
    {
        var seen = new HashSet<string>();
        foreach (var item in stage.Items) Visit(item.Node, ViewedAxes.Plain, isItem: true);

        void Visit(int id, ViewedAxes axes, bool isItem)
        {
            if (!seen.Add($"{id} {axes.Text(schedule.Graph.Axes(id))}")) return;
            if (!isItem && schedule.IsRead(id, stage))
            {
                Read(id, axes);
                return;
            }
            if (isItem && (stage as ContractionStage)?.All.FirstOrDefault(c => c.Root == id).Contraction is { } contraction)
            {
                // It reads its operands, which may be put together anew, rather than the product it was found as.
                Contract(contraction);
                Visit(contraction.Left, axes, isItem: false);
                Visit(contraction.Right, axes, isItem: false);
                return;
            }
            var node = schedule.Graph[id];
            Compute(node, axes);
            for (var i = 0; i < node.Args.Count; i++) Visit(node.Args[i], axes.Inside(schedule.Graph, node, i), isItem: false);
        }
    }

    private void Compute(Node node, ViewedAxes axes)
    {
        // Scalars are computed once a launch, or once a thread.
        var over = node.Facts.Combines ? schedule.Graph.Axes(node.Args[0]) : node.Axes;
        if (over.Count > 0) products.AddTo(Operations, node.Facts.Cost, axes.Computed(over));
    }

    private void Contract(Contraction c)
    {
        foreach (var sum in new[] { Operations, ContractionOperations })
            products.AddTo(sum, 2, c.Batch.Concat(c.Rows).Concat(c.Columns).Concat(c.K));
    }

    private void Read(int id, ViewedAxes axes)
    {
        if (own.Contains(id) || !schedule.Places.TryGetValue(id, out var place)) return;
        var key = (place.Name, axes.Part(place.Axes));
        if (reads.ContainsKey(key)) return;
        var bytes = new SizePolynomial();
        products.AddTo(bytes, BytesOf(place.Buffer, inShort), axes.Touched(place.Axes));
        reads.Add(key, bytes);
    }

    private void Write(Item item)
    {
        if (!schedule.Places.TryGetValue(item.Node, out var place) || place.IsScratch) return;
        products.AddTo(BytesWritten, BytesOf(place.Buffer, inShort), place.Axes);
        if (item.Kind != ItemKind.Scatter) return;
        // The table is cleared first; every addition then reads and writes its place.
        var added = schedule.Graph.Axes(schedule.Graph[item.Node].Args[0]);
        products.AddTo(BytesRead, ElementBytes, added);
        products.AddTo(BytesWritten, ElementBytes, added);
    }
}
