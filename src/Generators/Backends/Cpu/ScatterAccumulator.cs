using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Cpu;

/// <summary>
/// Additions to places that ids name. A line of the result, along the vector, takes so many terms, then it goes into totals in double
/// precision and begins again.
/// </summary>
internal static class ScatterAccumulator
{
    /// <summary>In the vector loop.</summary>
    public static void Accumulate(VectorDialect values, Scatter scatter, Lanes lanes)
    {
        var before = values.Code.Enter(scatter.Origin);
        var value = values.Value(scatter.Value, lanes);
        var (address, scale) = values.Address(values.Fields.Pointer(scatter.Place), scatter.Access, lanes);
        values.Code.Line($"T* to = {address};");
        if (scale.Length > 0)
        {
            values.Code.Line(VectorDialect.Combine("to", scale, "Add", value, lanes));
        }
        else
        {
            if (lanes.IsTail) value = $"S.Keep({value}, {lanes.Count}, S.Create(0d))";
            values.Code.Line($"S.StoreTail(to, S.Add(S.LoadTail(to, 1), {value}), 1);");
        }
        values.Code.Leave(before);
    }

    /// <summary>After the vector loop: the line has one term more. Returns what is left to do after all rows, a line of code.</summary>
    /// <param name="values">Writes it.</param>
    /// <param name="scatter">The scatter.</param>
    /// <param name="loop">The loop that it is part of.</param>
    /// <param name="start">Where the vector loop began.</param>
    public static string Count(VectorDialect values, Scatter scatter, LoweredLoop loop, string start)
    {
        var before = values.Code.Enter(scatter.Origin);
        var (place, dense) = (scatter.Place, loop.Dense?.Axis);
        var lines = place.Axes.Where(a => a != dense).ToArray();
        var stride = dense != null && place.Axes.Contains(dense) ? values.Fields.Product(place.Stride(dense)) : "1";
        var share = dense is null ? "1" : "innerEnd - inner";
        var (rows, count) = (values.Fields.Product(loop.Outer.Axes()), values.Fields.Product(lines));
        var sums = values.Code.New("scattered", "var", $"new {Library.Cpu}ScatterSums<T>({rows}, {count}, {share}, {stride})", 0);
        var indices = place.Axes.Zip(scatter.Access.Indices, (axis, index) => (axis, index)).Where(a => a.axis != dense);
        var among = new Access(indices.Select(a => new AccessAxis(a.index, Place.StrideOf(lines, a.axis).ToEquatable())).ToEquatable());
        var number = values.Distance(among);
        var line = values.Address(values.Fields.Pointer(place), scatter.Access, new Lanes(loop.Dense, start)).Address;
        values.Code.Line($"{sums}.Count<S, V>({number}, {line});");
        values.Code.Leave(before);
        return $"{sums}.Finish<S, V>();";
    }
}
