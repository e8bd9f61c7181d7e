using System.Runtime.CompilerServices;
using MageDsl.Devices;

namespace MageDsl;

public sealed partial class Expr
{
    /// <summary>One element along an axis, which goes away: <c>qkv["s", 0]</c>.</summary>
    /// <param name="axis">An axis of this value.</param>
    /// <param name="index">From 0 to the size less one; or from the end, -1 being the last element.</param>
    /// <exception cref="ExprException">There is no such axis, or the index lies outside it.</exception>
    [IndexerName("Pick")] // "Item" is the scalar's element
    public Expr this[string axis, int index]
    {
        get
        {
            var at = Find(axis, "[axis, index]");
            var place = index < 0 ? sizes[at] + index : index;
            if (place < 0 || place >= sizes[at])
            {
                throw new ExprException(
                    $"[\"{axis}\", {index}]: axis '{axis}' has size {sizes[at]}", axis, index < 0 ? -index : index + 1, sizes[at]);
            }
            return View(at, [], [], _ => place);
        }
    }

    /// <summary>The same value with an axis under another name, in the same place.</summary>
    /// <exception cref="ExprException">There is no such axis, or the new name is taken.</exception>
    public Expr Rename(string axis, string into)
    {
        var at = Find(axis, nameof(Rename));
        WantFree(nameof(Rename), axis, into);
        var renamed = (string[])axes.Clone();
        renamed[at] = into;
        return new Expr(renamed, sizes, Values, type, Carried);
    }

    /// <summary>
    /// A part of an axis, under a name of its own (a name has one size): element <c>i</c> of <paramref name="into"/> is
    /// element <c>i + start</c> of <paramref name="axis"/>, whose last <paramref name="trim"/> elements are left out.
    /// </summary>
    /// <exception cref="ExprException">There is no such axis, the new name is taken, or nothing would be left.</exception>
    public Expr Slice(string axis, string into, int start = 0, int trim = 0)
    {
        var at = Find(axis, nameof(Slice));
        WantFree(nameof(Slice), axis, into);
        if (start < 0 || trim < 0) throw new ExprException($"Slice of axis '{axis}': start {start} and trim {trim} must not be negative");
        var size = sizes[at] - start - trim;
        if (size < 1)
        {
            throw new ExprException(
                $"Slice: axis '{axis}' has size {sizes[at]}, but start {start} and trim {trim} need at least {start + trim + 1}",
                axis, start + trim + 1, sizes[at]);
        }
        if (axis == into && size != sizes[at])
        {
            throw new ExprException(
                $"Slice: axis '{axis}' would have size {sizes[at]} and {size}; give the slice another name", axis, sizes[at], size);
        }
        return View(at, [into], [size], index => index[0] + start);
    }

    /// <summary>The axis from its end to its beginning: element i is the one at <c>size - 1 - i</c>. Derivative: the gradient, flipped.</summary>
    /// <exception cref="ExprException">There is no such axis.</exception>
    public Expr Flip(string axis)
    {
        var at = Find(axis, nameof(Flip));
        var size = sizes[at];
        return View(at, [axis], [size], index => size - 1 - index[0]);
    }

    /// <summary>
    /// Windows along an axis, for convolution and pooling: the axis becomes (<paramref name="into"/>, <paramref name="by"/>),
    /// and the element there is the one at <c>into * stride + by - pad</c>, or zero outside.
    /// The size of <paramref name="into"/> is <c>(size + 2 pad - size(by)) / stride + 1</c>, rounded down.
    /// </summary>
    /// <param name="axis">An axis of this value.</param>
    /// <param name="into">The position of the window.</param>
    /// <param name="by">The position within the window.</param>
    /// <param name="like">A value with the axis <paramref name="by"/> (the filter), which gives its size.</param>
    /// <param name="stride">The distance between windows, at least 1.</param>
    /// <param name="pad">The zeros before the first and after the last element.</param>
    /// <exception cref="ExprException">An axis is missing, a name is taken, or no window fits.</exception>
    public Expr Window(string axis, string into, string by, Expr like, int stride = 1, int pad = 0)
    {
        var at = Find(axis, nameof(Window));
        WantFree(nameof(Window), axis, into);
        WantFree(nameof(Window), axis, by);
        if (into == by) throw new ExprException($"Window of axis '{axis}': '{into}' cannot name both the windows and the place in them");
        if (stride < 1 || pad < 0) throw new ExprException($"Window of axis '{axis}': stride {stride} must be at least 1 and pad {pad} at least 0");
        var size = sizes[at];
        var width = like.SizeOf(by);
        if (size + 2 * pad < width)
        {
            throw new ExprException(
                $"Window: axis '{axis}' has size {size}, but a window of {width} along '{by}' with pad {pad} needs at least {width - 2 * pad}",
                axis, width - 2 * pad, size);
        }
        return View(at, [into, by], [KernelSizeRule.Windows(size + 2 * pad, width, stride), width], index => index[0] * stride + index[1] - pad);
    }

    /// <summary>The size of an axis of this value, as a scalar. Constant for differentiation.</summary>
    /// <exception cref="ExprException">There is no such axis.</exception>
    public Expr Size(string axis) => SizeOf(axis);

    /// <summary>0, 1, … along an axis of this value: ids over that axis alone. <see cref="Ops.Index"/> makes a new axis.</summary>
    /// <exception cref="ExprException">There is no such axis.</exception>
    public Expr Index(string axis) => Has(axis)
        ? Along(axis, SizeOf(axis), Errors?.Trace)
        : throw new ExprException($"Index: there is no axis '{axis}' in a value over {Describe()}; for a new axis write Index(\"{axis}\", size), " +
            "without a value before it");

    /// <summary>0, 1, … along an axis of this size.</summary>
    internal static Expr Along(string axis, int size, ErrorTrace? trace = null)
    {
        var values = new double[size];
        for (var i = 0; i < size; i++) values[i] = i;
        return new Expr([axis], [size], values, ExprType.Ids, Carried.Of(null, trace?.Add(values)));
    }

    /// <summary>
    /// Uniform random numbers in [0, 1) over all axes of this value, 24 bits each, by counter: the words of
    /// Philox2x32-7 with key <paramref name="seed"/> and counter (half the row-major position in this value, <paramref name="stream"/>),
    /// the first word at even positions, the second at odd ones.
    /// The same on every device and in every pass, so that dropout draws its mask again in the backward pass.
    /// </summary>
    public Expr Random(int seed, int stream = 0)
    {
        var values = new double[Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (Philox.Word((uint)i, (uint)stream, (uint)seed) >> 8) * (1.0 / (1 << 24));
        }
        // Exact, but functions of them are not.
        return new Expr(axes, sizes, values, ExprType.Real, Carried.Of(null, Errors?.Trace.Add(values)));
    }

    /// <summary>
    /// Replaces axis number <paramref name="at"/> by new axes; <paramref name="place"/> says where on it each of their positions reads.
    /// </summary>
    private Expr View(int at, string[] intoAxes, int[] intoSizes, Func<int[], int> place)
    {
        string[] newAxes = [.. axes[..at], .. intoAxes, .. axes[(at + 1)..]];
        int[] newSizes = [.. sizes[..at], .. intoSizes, .. sizes[(at + 1)..]];
        var values = Read(Values);
        return new Expr(newAxes, newSizes, values, type, Tangents.Read(this, values, Read));

        double[] Read(double[] from) => View(from, at, newSizes, intoSizes, place);
    }

    private double[] View(double[] from, int at, int[] newSizes, int[] intoSizes, Func<int[], int> place)
    {
        var inner = Loops.Count(sizes.AsSpan(at + 1));
        var outer = Loops.Count(sizes.AsSpan(0, at));
        var middle = Loops.Count(intoSizes);
        var result = new double[Loops.Count(newSizes)];
        var index = new int[intoSizes.Length];
        for (var m = 0; m < middle; m++)
        {
            for (int i = intoSizes.Length - 1, rest = m; i >= 0; rest /= intoSizes[i], i--) index[i] = rest % intoSizes[i];
            var source = place(index);
            if (source < 0 || source >= sizes[at]) continue;
            for (var o = 0; o < outer; o++)
                Array.Copy(from, (o * sizes[at] + source) * inner, result, (o * middle + m) * inner, inner);
        }
        return result;
    }

    private void WantFree(string what, string axis, string into)
    {
        if (into != axis && Has(into)) throw new ExprException($"{what} of axis '{axis}': the value already has an axis '{into}': {Describe()}");
    }
}
