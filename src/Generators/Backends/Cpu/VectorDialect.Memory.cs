using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Cpu;

/// <content>Loads, stores and the offsets they go to.</content>
internal sealed partial class VectorDialect
{
    /// <summary>Where something lies, as an address expression at the innermost level, and the factor of the lanes' position.</summary>
    public (string Address, string Scale) Address(string pointer, Access access, Lanes lanes)
    {
        var (offset, scale) = Offset(access, lanes);
        var start = offset == "0" ? pointer : $"{pointer} + {offset}";
        return (scale switch { "" => start, "1" => $"{start} + {lanes.Variable}", _ => $"{start} + ({lanes.Variable} * ({scale}))" }, scale);
    }

    /// <summary>How far from its beginning an element lies that is the same for all lanes.</summary>
    public string Distance(Access access) => Offset(access, Lanes.None).Offset;

    /// <summary>The address of a value of this row that is put aside.</summary>
    private string Slot(Slot slot, Lanes lanes) => Address($"stash{slot.Number + 1}", slot.Access, lanes).Address;

    /// <summary>The expression that reads neighbours.</summary>
    public static string LoadDense(string address, Lanes lanes) => lanes.IsTail ? $"S.LoadTail({address}, {lanes.Count})" : $"S.Load({address})";

    private string Load(Load load, int level, Lanes lanes)
    {
        var (place, access) = (load.Place, load.Access);
        var isIds = place.Buffer.Type == ValueType.Ids;
        var varying = load.Bounds.Where(b => b.Index.Scale(lanes.Axis) != 0).ToArray();
        if (access.Axes.Any(a => (a.Index.Divisor != 1 && a.Index.Scale(lanes.Axis) != 0) || Picked(a.Index, lanes) != null)
            || varying.Any(b => b.Index.Scale(lanes.Axis) != 1 || b.Index.Divisor != 1)
            || (varying.Length > 0 && (isIds || !access.IsDense(lanes.Axis))))
        {
            return LoadLanes(load, lanes);
        }

        var pointer = Fields.Pointer(place);
        var (offset, scale) = Offset(access, lanes);
        var others = load.Bounds.Except(varying).ToArray();
        if (varying.Length > 0) return LoadWindow($"{pointer} + {offset}", varying, others, lanes);
        var condition = Condition(others, lanes);
        var address = $"{pointer} + {offset} + ({lanes.Variable} * ({scale}))";
        var text = (isIds, scale) switch
        {
            (true, "") => $"S.Create((double){pointer}[{offset}])",
            (true, _) => $"S.LoadIds({address}, {scale}, {lanes.Count})",
            (false, "") => $"S.Create({pointer}[{offset}])",
            (false, "1") => LoadDense($"{pointer} + {offset} + {lanes.Variable}", lanes),
            (false, _) => $"S.LoadStrided({address}, {scale}, {lanes.Count})",
        };
        return Vec(condition.Length > 0 ? $"{condition} ? {text} : S.Create(0d)" : text, level);
    }

    /// <summary>A dense read of which only the lanes within the bounds exist.</summary>
    private string LoadWindow(string start, Bound[] varying, Bound[] others, Lanes lanes)
    {
        var condition = Condition(others, lanes);
        var (low, high, level) = Range(varying, lanes);
        if (others.Length > 0) high = Int($"{condition} ? {high} : 0", others.LevelWith(level));
        if (lanes.IsTail) high = Code.Declare("o", "nint", $"{Library.Math}.Min({high}, {lanes.Variable} + {lanes.Count})", Code.Innermost);
        return Vec($"S.LoadWindow({start}, {lanes.Variable}, {low}, {high})", lanes.Axis!.Level);
    }

    /// <summary>The range of the lanes' position within which all of the bounds hold, and the level at which it is known.</summary>
    private (string Low, string High, int Level) Range(IReadOnlyList<Bound> bounds, Lanes lanes)
    {
        var (low, high, level) = ("", "", 0);
        foreach (var bound in bounds)
        {
            var rest = bound.Index.Without(lanes.Axis);
            var text = IndexText(rest, lanes);
            level = System.Math.Max(level, rest.Level);
            var (l, h) = (Int($"-({text})", rest.Level), Int($"{WholeSize(bound.Axis)} - ({text})", rest.Level));
            low = low.Length == 0 ? l : Int($"{Library.Math}.Max({low}, {l})", level);
            high = high.Length == 0 ? h : Int($"{Library.Math}.Min({high}, {h})", level);
        }
        return (low, high, level);
    }

    /// <summary>Whether a bound holds: a bool where it is the same for all lanes, else a vector.</summary>
    private string Mask(Bound bound, Lanes lanes)
    {
        var scale = bound.Index.Scale(lanes.Axis);
        if (scale == 0) return Condition(new[] { bound }, lanes);
        if (scale != 1 || bound.Index.Divisor != 1) return MaskLanes(bound, lanes);
        var (low, high, _) = Range(new[] { bound }, lanes);
        var position = Code.Declare("v", "V", $"S.Iota({lanes.Variable}, 1)", Code.Innermost);
        var isInside = $"S.And(S.LessEqual(S.Create((double){low}), {position}), S.Less({position}, S.Create((double){high})))";
        return Code.Declare("v", "V", isInside, Code.Innermost);
    }

    /// <summary>Writes a value to its place, at the innermost level.</summary>
    /// <param name="store">Where.</param>
    /// <param name="value">The vector.</param>
    /// <param name="lanes">Its lanes.</param>
    /// <param name="streams">The name of a bool: whether to write past the caches; empty for never.</param>
    public void Store(Store store, string value, Lanes lanes, string streams = "")
    {
        var (at, scale) = Address(Fields.Pointer(store.Place), store.Access, lanes);
        var step = scale.Length == 0 ? "1" : scale;
        if (store.Place.Buffer.Type == ValueType.Ids) Code.Line($"S.StoreIds({at}, {step}, {value}, {(scale.Length == 0 ? "1" : lanes.Count)});");
        else if (scale.Length == 0) Code.Line($"S.StoreTail({at}, {value}, 1);");
        else if (scale != "1") Code.Line($"S.StoreStrided({at}, {scale}, {value}, {lanes.Count});");
        else if (lanes.IsTail || streams.Length == 0) Code.Line(StoreDense(at, value, lanes));
        else Code.Line($"if ({streams}) S.StoreStream({at}, {value}); else {StoreDense(at, value, lanes)}");
    }

    /// <summary>Puts a value of this row aside.</summary>
    public void Store(Put put, Lanes lanes)
    {
        var value = Value(put.Value, lanes);
        Code.Line(StoreDense(Slot(put.Slot, lanes), value, lanes));
    }

    /// <summary>The line that writes neighbours.</summary>
    public static string StoreDense(string address, string value, Lanes lanes) =>
        lanes.IsTail ? $"S.StoreTail({address}, {value}, {lanes.Count});" : $"S.Store({address}, {value});";

    /// <summary>The line that combines neighbours, or what lies at a step, with what was there.</summary>
    /// <param name="address">Where they begin.</param>
    /// <param name="step">The factor of the lanes' position.</param>
    /// <param name="combine">The operation.</param>
    /// <param name="value">The vector.</param>
    /// <param name="lanes">Its lanes.</param>
    public static string Combine(string address, string step, string combine, string value, Lanes lanes) => step == "1"
        ? StoreDense(address, $"S.{combine}({LoadDense(address, lanes)}, {value})", lanes)
        : $"S.StoreStrided({address}, {step}, S.{combine}(S.LoadStrided({address}, {step}, {lanes.Count}), {value}), {lanes.Count});";
}
