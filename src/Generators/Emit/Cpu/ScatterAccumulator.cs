using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Emit.Cpu;

/// <summary>
/// Additions to places that ids name. A line of the result, along the vector, takes so many terms, then it goes into totals in double
/// precision and begins again.
/// </summary>
internal sealed class ScatterAccumulator
{
    private readonly LoopStage stage;
    private readonly ValueEmitter values;
    private readonly int id;
    private readonly Node node;
    private readonly Place place;
    private readonly IndexEnvironment env;
    private readonly string vectorAxis;

    /// <param name="schedule">Where the values are found.</param>
    /// <param name="stage">The loop that it is part of.</param>
    /// <param name="values">Writes it.</param>
    /// <param name="id">The scatter.</param>
    /// <param name="env">The stage's indices.</param>
    public ScatterAccumulator(Schedule schedule, LoopStage stage, ValueEmitter values, int id, IndexEnvironment env)
    {
        this.stage = stage;
        this.values = values;
        this.id = id;
        this.env = env;
        node = schedule.Graph[id];
        place = schedule.Places[id];
        vectorAxis = stage.Inner!.LastOrDefault() ?? "";
    }

    /// <summary>In the vector loop.</summary>
    public void Accumulate()
    {
        var before = values.Enter(id);
        var value = values.Value(node.Args[0], env);
        var (address, scale) = values.Address(Pointer, place.Axes, place.Stride, There);
        var lanes = scale.Length == 0 ? "1" : values.Lanes;
        values.Top.Line($"T* to = {address};");
        if (scale.Length == 0) value = values.IsTail ? $"S.Keep({value}, {values.Lanes}, S.Create(0d))" : value;
        if (scale.Length == 0) values.Top.Line($"S.StoreTail(to, S.Add(S.LoadTail(to, 1), {value}), 1);");
        else if (scale != "1") values.Top.Line($"S.StoreStrided(to, {scale}, S.Add(S.LoadStrided(to, {scale}, {lanes}), {value}), {lanes});");
        else values.Top.Line(values.IsTail ? $"S.StoreTail(to, S.Add(S.LoadTail(to, {lanes}), {value}), {lanes});" : $"S.Store(to, S.Add(S.Load(to), {value}));");
        values.Leave(before);
    }

    /// <summary>After the vector loop: the line has one term more.</summary>
    /// <param name="start">Where the loop began.</param>
    public void Count(string start)
    {
        var before = values.Enter(id);
        var lines = place.Axes.Where(a => a != vectorAxis).ToArray();
        var stride = place.Axes.Contains(vectorAxis) ? values.Fields.Product(place.Stride(vectorAxis)) : "1";
        var sums = values.Name("scattered", level: 0);
        values.Levels[0].Line($"var {sums} = new {Library.Cpu}ScatterSums<T>({values.Fields.Product(stage.Outer)}, {values.Fields.Product(lines)}, {(stage.Inner!.Count > 0 ? "innerEnd - inner" : "1")}, {stride});");
        Finish = $"{sums}.Finish<S, V>();";
        var (line, from) = (values.Line("0", lines, a => Place.StrideOf(lines, a), There), values.Line(Pointer, place.Axes, place.Stride, There.From(vectorAxis, start)));
        values.Top.Line($"{sums}.Count<S, V>({line}, {from});");
        values.Leave(before);
    }

    /// <summary>What is left to do after all rows: a line of code.</summary>
    public string Finish { get; private set; } = "";

    private string Pointer => values.Fields.Pointer(place);

    private IndexEnvironment There => env.With(node.Over[0], Affine.Variable(values.IndexOf(node.Args[1], node.Over[0], env)));
}
