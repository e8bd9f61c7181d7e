using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Scheduling;

/// <summary>
/// Buffers that a device may keep in 16 bits where it multiplies in bfloat16: what products alone read, which round it in any case, and what they
/// leave. Epilogues may read it, too, and sums of it and of products of such; and on the way back anything may read what is nothing but sums of
/// products, as are gradients of what was multiplied. Queries, keys and values are short, hidden units, what comes out of attention, the gradients of
/// all these, and those of what was normalised; not what is normalised itself, nor what branches are added to, nor statistics of rows.
/// </summary>
internal sealed class ShortBuffers
{
    private readonly Schedule schedule;

    // What products read or leave, what something else reads or leaves, and what is nothing but sums of products.
    private readonly HashSet<string> multiplied = new(), whole = new(), bare = new();

    private ShortBuffers(Schedule schedule) => this.schedule = schedule;

    /// <summary>A forward and a backward pass in which the buffers that are such are marked.</summary>
    /// <param name="forward">The forward pass.</param>
    /// <param name="backward">The backward pass, if there is one.</param>
    /// <param name="saved">What the first keeps for the second.</param>
    public static (Schedule Forward, Schedule? Backward) Mark(Schedule forward, Schedule? backward, IEnumerable<BufferModel> saved)
    {
        var passes = new[] { forward, backward }.OfType<Schedule>().Select(Of).ToArray();
        var kept = Short(saved, passes).ToArray();
        var scratch = passes.Select(p => Short(p.Scratch, new[] { p }).ToArray()).ToArray();
        if (backward is not null) passes[1].whole.ExceptWith(passes[1].bare);
        var marked = passes.Zip(scratch, (p, held) => p.Marked(
            new HashSet<string>(Short(p.schedule.Temporaries, new[] { p }).Concat(held).Concat(kept)))).ToArray();
        return (marked[0], backward is null ? null : marked[1]);
    }

    /// <summary>The names of those of some buffers that are short, in passes that have them in common.</summary>
    private static IEnumerable<string> Short(IEnumerable<BufferModel> buffers, IReadOnlyCollection<ShortBuffers> passes) =>
        buffers.Where(b => b.Type == ValueType.Real).Select(b => b.Name)
            .Where(name => passes.Any(p => p.multiplied.Contains(name)) && !passes.Any(p => p.whole.Contains(name)));

    private static ShortBuffers Of(Schedule schedule)
    {
        var buffers = new ShortBuffers(schedule);
        foreach (var stage in schedule.Stages)
        {
            if (stage is ContractionStage contraction) buffers.See(contraction);
            else foreach (var item in stage.Items) buffers.See((LoopStage)stage, item);
        }
        return buffers;
    }

    /// <summary>What products leave to other parts of a row block.</summary>
    private IEnumerable<BufferModel> Scratch => schedule.Stages.OfType<ContractionStage>().SelectMany(s => s.Items)
        .Where(i => schedule.Places.TryGetValue(i.Node, out var place) && place.IsScratch).Select(i => schedule.Places[i.Node].Buffer);

    private Schedule Marked(HashSet<string> names)
    {
        BufferModel Mark(BufferModel buffer) => names.Contains(buffer.Name) ? buffer with { IsShort = true } : buffer;
        var places = schedule.Places.ToDictionary(p => p.Key, p => p.Value with { Buffer = Mark(p.Value.Buffer) });
        var found = places.Values.Where(p => p.Buffer.IsShort).Select(p => p.Buffer.Name).Distinct().OrderBy(n => n, System.StringComparer.Ordinal);
        return found.ToArray() is not { Length: > 0 } some ? schedule : schedule with
        {
            Places = places,
            Temporaries = schedule.Temporaries.Select(Mark).ToArray(),
            Decisions = schedule.Decisions.Append($"in 16 bits, where products are in bfloat16: {string.Join(", ", some)}").ToArray(),
        };
    }

    private void See(ContractionStage stage)
    {
        if (stage.Items.Count == 0) return;
        foreach (var operand in stage.All.SelectMany(c => new[] { c.Contraction.Left, c.Contraction.Right }))
        {
            var plain = Plain(operand, stage);
            if (schedule.IsRead(plain, stage)) multiplied.Add(Name(plain));
            else foreach (var read in Below(operand, id => schedule.IsRead(id, stage))) (IsLess(read, operand) ? whole : multiplied).Add(Name(read));
        }
        var roots = stage.All.Select(c => c.Root).ToArray();
        foreach (var item in stage.Items)
        {
            var reads = roots.Contains(item.Node) ? []
                : Below(item.Node, id => roots.Contains(id) || schedule.IsRead(id, stage)).Where(id => !roots.Contains(id)).ToArray();
            whole.UnionWith(reads.Where(id => IsLess(id, stage.Root)).Select(Name));
            if (reads.All(id => IsLess(id, stage.Root))) multiplied.Add(Name(item.Node));
            if (roots.Contains(item.Node)) bare.Add(Name(item.Node));
        }
    }

    /// <summary>Whether it has fewer axes than that for which it is read, as have statistics of rows, scales and the like.</summary>
    private bool IsLess(int read, int reader) => schedule.Graph.Axes(read).Count < schedule.Graph.Axes(reader).Count;

    private void See(LoopStage stage, Item item)
    {
        var node = schedule.Graph[item.Node];
        if (item.Kind != ItemKind.Value && schedule.Places.ContainsKey(item.Node)) whole.Add(Name(item.Node));
        var isOfWhatIsRead = node.Op == Op.ReduceSum && (schedule.IsRead(Plain(node.Args[0], stage), stage)
            || ContractionShape.Factors(schedule.Graph, node.Args[0]).All(f => schedule.IsRead(Plain(f, stage), stage)));
        if (isOfWhatIsRead) return;
        bool IsOther(int id) => stage.Items.Any(i => i.Node == id);
        whole.UnionWith(Below(item.Node, id => IsOther(id) || schedule.IsRead(id, stage)).Where(id => !IsOther(id)).Select(Name));
    }

    /// <summary>What a view is of.</summary>
    private int Plain(int id, Stage stage)
    {
        while (schedule.Graph[id].Op == Op.View && !schedule.IsRead(id, stage)) id = schedule.Graph[id].Args[0];
        return id;
    }

    private IEnumerable<int> Below(int node, System.Func<int, bool> isEnd) =>
        StageReads.Below(schedule.Program, new[] { node }, isEnd).Select(read => read.Value);

    private string Name(int id) => schedule.Places.TryGetValue(id, out var place) ? place.Buffer.Name : "";
}
