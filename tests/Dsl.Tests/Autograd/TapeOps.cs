namespace MageDsl.Tests.Autograd;

/// <summary>Launches written by hand, as generated code makes them.</summary>
internal static class TapeOps
{
    /// <summary>a * b, elementwise.</summary>
    public static Tensor Multiply(Tensor a, Tensor b)
    {
        var result = Zip(a, b, (x, y) => x * y);
        if (GradientTape.IsRecording(a, b))
        {
            GradientTape.Current!.Record(
                [a, b],
                [result],
                (g, needed) => [needed[0] ? Zip(g[0], b, (x, y) => x * y) : null, needed[1] ? Zip(g[0], a, (x, y) => x * y) : null]);
        }

        return result;
    }

    /// <summary>a + b; hands the same gradient tensor to both inputs.</summary>
    public static Tensor Add(Tensor a, Tensor b)
    {
        var result = Zip(a, b, (x, y) => x + y);
        if (GradientTape.IsRecording(a, b))
        {
            GradientTape.Current!.Record([a, b], [result], (g, needed) => [g[0], g[0]]);
        }

        return result;
    }

    /// <summary>Sum of all elements, a scalar.</summary>
    public static Tensor Sum(Tensor a)
    {
        var result = Tensor.From([a.ToArray<float>().Sum()], []);
        if (GradientTape.IsRecording(a))
        {
            var shape = a.Shape.ToArray();
            GradientTape.Current!.Record([a], [result], (g, needed) => [Tensor.Full(ElementType.Float32, g[0].Item(), shape)]);
        }

        return result;
    }

    /// <summary>f(x, y) for each pair.</summary>
    public static Tensor Zip(Tensor a, Tensor b, Func<float, float, float> f)
    {
        var values = a.ToArray<float>().Zip(b.ToArray<float>(), f).ToArray();
        return Tensor.From(values, a.Shape);
    }
}
