using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit.Cpu;

/// <summary>
/// Values of a row that cost much and that several passes need (the exponentials of a softmax): the first pass puts them aside,
/// in a buffer that stays in cache, and the others take them from there.
/// </summary>
internal sealed class RowStash
{
    private readonly Schedule schedule;
    private readonly LoopStage stage;
    private readonly ValueEmitter values;
    private readonly System.Func<int, bool> isRowReduction;
    private readonly Dictionary<int, int> firstPass = new();

    public RowStash(Schedule schedule, LoopStage stage, ValueEmitter values, System.Func<int, bool> isRowReduction)
    {
        this.schedule = schedule;
        this.stage = stage;
        this.values = values;
        this.isRowReduction = isRowReduction;
    }

    /// <summary>Finds the values that are worth it.</summary>
    public void Plan(IReadOnlyList<Item[]> passes)
    {
        if (passes.Count < 2 || stage.Inner!.Count == 0) return;
        var uses = passes.Select(Costly).ToArray();
        foreach (var id in uses.SelectMany(u => u).Distinct().ToArray())
        {
            var first = System.Array.FindIndex(uses, u => u.Contains(id));
            if (uses.Skip(first + 1).Any(u => u.Contains(id))) firstPass.Add(id, first);
        }
    }

    /// <summary>Whether a pass computes something costly for these values, rather than reading it back.</summary>
    public bool IsCostly(int pass, IEnumerable<Item> items) => Costly(items).Any(id => !firstPass.TryGetValue(id, out var first) || first >= pass);

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
            if (!seen.Add(id) || schedule.IsRead(id, stage) || isRowReduction(id) || node.Op is Op.View or Op.Gather) return;
            if (node.IsCostly && stage.Space.SetEquals(node.Axes)) found.Add(id);
            else
                foreach (var arg in node.Args) Visit(arg);
        }
    }

    /// <summary>Before the body of a pass: what earlier passes put aside is read back when it is asked for.</summary>
    public void Begin(int pass)
    {
        var here = new IndexEnvironment(stage.Space, Names.Variable);
        values.Special = (id, env) =>
        {
            if (!firstPass.TryGetValue(id, out var first) || first >= pass) return null;
            // Seen through a view it is another element than the one at this place of the row.
            var axes = schedule.Graph.Axes(id);
            if (env.Key(axes) != here.Key(axes)) return null;
            var at = Address(id);
            return values.Declare(values.IsTail ? $"S.LoadTail({at}, {values.Lanes})" : $"S.Load({at})", values.Vector);
        };
    }

    /// <summary>After the body: puts aside what this pass computed first.</summary>
    public void End(int pass, IndexEnvironment env)
    {
        foreach (var id in firstPass.Where(p => p.Value == pass).Select(p => p.Key).OrderBy(i => i))
        {
            var value = values.Value(id, env);
            values.Top.Line(values.IsTail ? $"S.StoreTail({Address(id)}, {value}, {values.Lanes});" : $"S.Store({Address(id)}, {value});");
        }
        values.Special = (_, _) => null;
    }

    private string Address(int id)
    {
        var env = new IndexEnvironment(stage.Space, Names.Variable);
        var inner = stage.Inner!;
        return values.Address($"stash{Number(id)}", inner, a => Place.StrideOf(inner, a), env).Address;
    }

    private int Number(int id) => firstPass.Keys.OrderBy(i => i).ToList().IndexOf(id) + 1;

    /// <summary>The buffers: one row each, of the worker's own scratch.</summary>
    public IEnumerable<string> Declarations(StageFields fields)
    {
        if (firstPass.Count == 0) yield break;
        yield return $"nint stashRow = ({fields.Product(stage.Inner!)} + 15) & ~15;";
        yield return $"T* stash1 = (T*){Library.Cpu}WorkerPool.Scratch(0, (nuint)(stashRow * {firstPass.Count} * sizeof(T)));";
        for (var i = 2; i <= firstPass.Count; i++) yield return $"T* stash{i} = stash{i - 1} + stashRow;";
    }
}
