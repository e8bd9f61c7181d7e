using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Lowering;

/// <summary>
/// Values of a row that cost much and that several passes need (the exponentials of a softmax): the first pass puts them aside,
/// in memory that stays in cache, and the others take them from there.
/// </summary>
internal sealed class StashPlan
{
    private readonly Schedule schedule;
    private readonly LoopStage stage;
    private readonly SortedDictionary<int, int> firstPass = new();

    public StashPlan(Schedule schedule, LoopStage stage, IReadOnlyList<IReadOnlyList<Item>> passes)
    {
        this.schedule = schedule;
        this.stage = stage;
        if (!schedule.Target.PutsAside || passes.Count < 2 || stage.Inner!.Count == 0) return;
        var uses = passes.Select(Costly).ToArray();
        foreach (var id in uses.SelectMany(u => u).Distinct())
        {
            var first = System.Array.FindIndex(uses, u => u.Contains(id));
            if (uses.Skip(first + 1).Any(u => u.Contains(id))) firstPass.Add(id, first);
        }
    }

    /// <summary>The values that are put aside, in the order of their slots.</summary>
    public IReadOnlyList<int> Values => firstPass.Keys.ToArray();

    /// <summary>Whether a pass finds a value there.</summary>
    public bool IsKept(int id, int pass) => firstPass.TryGetValue(id, out var first) && first < pass;

    /// <summary>What a pass puts there.</summary>
    public IEnumerable<int> Puts(int pass) => firstPass.Where(p => p.Value == pass).Select(p => p.Key);

    /// <summary>Whether a pass computes something costly for these items, rather than reading it back.</summary>
    public bool IsCostly(int pass, IEnumerable<Item> items) => Costly(items).Any(id => !IsKept(id, pass));

    /// <summary>The costly values that vary along the row and that items reach elementwise; nothing below the first on each path.</summary>
    private HashSet<int> Costly(IEnumerable<Item> items)
    {
        var found = new HashSet<int>();
        var seen = new HashSet<int>();
        foreach (var item in items) Visit(item.Kind == ItemKind.Value ? item.Node : schedule.Graph[item.Node].Args[0]);
        return found;

        void Visit(int id)
        {
            var node = schedule.Graph[id];
            if (!seen.Add(id) || schedule.IsRead(id, stage) || RowPasses.IsRowReduction(stage, id) || node.Facts.Kind == OpKind.Lookup) return;
            if (node.IsCostly && stage.Space.SetEquals(node.Axes)) found.Add(id);
            else
                foreach (var arg in node.Args) Visit(arg);
        }
    }
}
