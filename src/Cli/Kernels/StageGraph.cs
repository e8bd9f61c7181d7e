using System.Globalization;
using MageDsl.Generators.Emit;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace Mage.Cli.Kernels;

/// <summary>What a box of the picture is.</summary>
internal enum BoxKind
{
    /// <summary>A value that is computed and used within the stage.</summary>
    Inner,

    /// <summary>A value that the stage reads.</summary>
    Read,

    /// <summary>A value that the stage stores.</summary>
    Stored,
}

/// <summary>A box of the picture: a value of the graph within a stage.</summary>
/// <param name="Node">The value; in several stages if it is computed again.</param>
/// <param name="Kind">What the stage does with it.</param>
/// <param name="Label">The operation, with constants and scalars in it.</param>
/// <param name="Axes">Its axes.</param>
/// <param name="Place">Where it is read from or stored; empty for an inner value.</param>
/// <param name="Buffer">The buffer that this is, or is a part of.</param>
internal sealed record StageBox(int Node, BoxKind Kind, string Label, string Axes, string Place, string Buffer);

/// <summary>The graph of one launch: what it reads, computes and stores.</summary>
internal sealed class StageGraph
{
    private const int Memory = -1;

    private readonly Schedule schedule;
    private readonly IReadOnlyList<Stage> parts;
    private readonly Dictionary<(int Node, int Part), int> known = [];
    private readonly List<StageBox> boxes = [];
    private readonly List<(int, int)> edges = [];

    /// <summary>The graph of a stage, or of the stages that run in one launch.</summary>
    public StageGraph(Schedule schedule, IReadOnlyList<Stage> parts)
    {
        this.schedule = schedule;
        this.parts = parts;
        for (var part = 0; part < parts.Count; part++)
        {
            foreach (var item in parts[part].Items)
            {
                Visit(item.Node, part, isItem: true);
            }
        }
    }

    /// <summary>The boxes, each after what it is computed from.</summary>
    public IReadOnlyList<StageBox> Boxes => boxes;

    /// <summary>From what a value is computed from to it, as positions of <see cref="Boxes"/>.</summary>
    public IReadOnlyList<(int From, int To)> Edges => edges;

    /// <summary>The box of a value in a part: values are computed again where they are needed, but read or passed on once.</summary>
    private int Visit(int id, int part, bool isItem)
    {
        var stage = parts[part];
        var isRead = !isItem && schedule.IsRead(id, stage);
        var owner = isRead && schedule.StageOf.TryGetValue(id, out var index)
            ? Enumerable.Range(0, parts.Count).Where(p => parts[p].Index == index).Append(Memory).First()
            : Memory;
        var key = (id, isRead ? owner : part);
        if (known.TryGetValue(key, out var box))
        {
            return box;
        }

        var node = schedule.Graph[id];
        var found = schedule.Places.GetValueOrDefault(id) is { IsScratch: false } stored ? stored : null;
        var (place, buffer) = found is null ? ("", "") : (CostEmitter.Shown(found.Name), CostEmitter.Shown(found.Buffer.Name));
        if (isRead)
        {
            return known[key] = Add(new StageBox(id, BoxKind.Read, place, Axes(node), place, buffer));
        }

        var contraction = stage is ContractionStage c && c.Root == id ? c.Contraction : null;
        int[] args = contraction is null ? [.. node.Args] : [contraction.Left, contraction.Right];
        int[] from = [.. args.Where(arg => !IsInline(arg)).Distinct().Select(arg => Visit(arg, part, isItem: false))];
        var label = contraction is null ? Label(node) : $"contract {string.Join(" ", contraction.K)}";
        var isStored = place.Length > 0 && stage.Items.Any(item => item.Node == id);
        var at = Add(new StageBox(id, isStored ? BoxKind.Stored : BoxKind.Inner, label, Axes(node), isStored ? place : "", buffer));
        edges.AddRange(from.Select(f => (f, at)));
        return known[key] = at;
    }

    private int Add(StageBox box)
    {
        boxes.Add(box);
        return boxes.Count - 1;
    }

    private bool IsInline(int id) => schedule.Graph[id].Op is Op.Const or Op.Scalar or Op.Size or Op.Index;

    private bool IsZero(int id) => schedule.Graph[id] is { Op: Op.Const, Number: 0 };

    private static string Axes(Node node) => $"[{string.Join(" ", node.Axes)}]";

    private string Label(Node node)
    {
        var over = string.Join(" ", node.Over);
        return node.Op switch
        {
            Op.Add when IsZero(node.Args[1]) => "copy",
            Op.Add => Infix("+"),
            Op.Sub => Infix("−"),
            Op.Mul when node.Args[0] == node.Args[1] => "square",
            Op.Mul => Infix("×"),
            Op.Div => Infix("÷"),
            Op.Less => Infix("<"),
            Op.LessEqual => Infix("≤"),
            Op.Equal => Infix("="),
            Op.And => Infix("and"),
            Op.Or => Infix("or"),
            Op.Neg => "−",
            Op.ReduceSum => $"sum {over}",
            Op.ReduceMax => $"max {over}",
            Op.ReduceMin => $"min {over}",
            Op.View => ViewText(node),
            Op.Select => $"select {string.Join(", ", node.Args.Select(Argument))}",
            _ when over.Length > 0 => $"{node.Op.ToString().ToLowerInvariant()} {over}",
            _ when node.Args.Count == 0 || node.Args.Any(IsInline) =>
                $"{node.Op.ToString().ToLowerInvariant()} {string.Join(", ", node.Args.Select(Argument))}".Trim(),
            _ => node.Op.ToString().ToLowerInvariant(),
        };

        string Infix(string sign) => node.Args.Any(IsInline) ? $"{Argument(node.Args[0])} {sign} {Argument(node.Args[1])}" : sign;
    }

    private string Argument(int id)
    {
        var node = schedule.Graph[id];
        return node.Op switch
        {
            Op.Const => node.Number.ToString("0.####", CultureInfo.InvariantCulture),
            Op.Scalar => schedule.Program.Scalars.Text(node.Name),
            Op.Size => $"#{node.Name}",
            Op.Index => $"index {string.Join(" ", node.Axes)}",
            _ => "·",
        };
    }

    private static string ViewText(Node node)
    {
        var map = node.Map!;
        var sum = string.Join(
            " + ",
            map.Terms.Select(t => t.Scale == 1 ? t.Axis : $"{t.Scale}{t.Axis}")
                .Append(map.Offset == 0 && map.Terms.Count > 0 ? "" : $"{map.Offset}").Where(t => t.Length > 0));
        return $"{node.Over[0]} = {(map.Divisor == 1 ? sum : $"({sum})/{map.Divisor}")}".Replace("+ -", "− ");
    }
}
