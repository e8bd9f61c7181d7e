namespace MageDsl.Testing;

/// <summary>The arguments of one run of a kernel: the same numbers for the definition and for launches of either precision.</summary>
internal sealed class KernelArguments
{
    private readonly KernelInfo kernel;
    private readonly IReadOnlyDictionary<string, int> sizes;
    private readonly object[] scalars;

    private KernelArguments(KernelInfo kernel, IReadOnlyDictionary<string, int> sizes, object[] scalars)
    {
        this.kernel = kernel;
        this.sizes = sizes;
        this.scalars = scalars;
        Data = new double[kernel.Parameters.Count][];
    }

    /// <summary>The elements of each tensor parameter, row-major over its layout; empty for scalars.</summary>
    public double[][] Data { get; }

    /// <summary>Draws arguments for a kernel.</summary>
    public static KernelArguments Draw(KernelInfo kernel, IReadOnlyDictionary<string, int> sizes, GradientCheckOptions options)
    {
        var scalars = kernel.Parameters.Select(p => p.IsTensor ? "" : Scalar(p, sizes, options.Scalars)).ToArray();
        var arguments = new KernelArguments(kernel, sizes, scalars);
        var random = new Random(options.Seed);
        for (var i = 0; i < arguments.Data.Length; i++)
        {
            var parameter = kernel.Parameters[i];
            if (!parameter.IsTensor)
            {
                arguments.Data[i] = [];
                continue;
            }
            var ids = parameter.Kind == KernelParameterKind.Ids;
            var domain = options.Domains.TryGetValue(parameter.Name, out var given) ? given
                : ids ? arguments.IdDomain(i)
                : InputDomain.Symmetric;
            if (!ids && options.Range is { } range) domain = domain.Widened(range);
            arguments.Data[i] = domain.Draw(random, Count(parameter, sizes), ids, sizes);
        }
        return arguments;
    }

    /// <summary>The arguments for <see cref="KernelInfo.Definition"/>; one tensor's elements may be replaced, or move along a direction.</summary>
    public object[] ForDefinition(int replaced = -1, double[]? by = null, int moving = -1, double[]? along = null)
    {
        return [.. kernel.Parameters.Select((p, i) => p.IsTensor ? Bind(p, i) : scalars[i])];

        Expr Bind(KernelParameter p, int i)
        {
            var bound = Expr.From(i == replaced ? by! : Data[i], p.Layout, sizes, p.Kind == KernelParameterKind.Ids);
            return i == moving ? bound.WithTangent(along!) : bound;
        }
    }

    /// <summary>The arguments for <see cref="KernelInfo.Definition"/>, reals followed by a trace; and the nodes of those.</summary>
    public (object[] Arguments, ErrorNode?[] Nodes) Followed(ErrorTrace trace)
    {
        var nodes = new ErrorNode?[Data.Length];
        var bound = ForDefinition();
        for (var i = 0; i < nodes.Length; i++)
        {
            if (kernel.Parameters[i].Kind != KernelParameterKind.Tensor) continue;
            nodes[i] = trace.Add(Data[i]);
            bound[i] = ((Expr)bound[i]).WithErrors(nodes[i]!);
        }
        return (bound, nodes);
    }

    /// <summary>The arguments for <see cref="KernelInfo.Launch"/>, as new tensors.</summary>
    public object[] ForLaunch(ElementType type)
    {
        var arguments = new object[Data.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            var parameter = kernel.Parameters[i];
            arguments[i] = parameter.IsTensor
                ? ToTensor(
                    Data[i], SpreadLeading(parameter.Layout, TensorLayout.Parse(parameter.Layout).Shape(sizes)),
                    parameter.Kind == KernelParameterKind.Ids ? ElementType.Int32 : type)
                : scalars[i];
        }
        return arguments;
    }

    /// <summary>A tensor of a type, from doubles.</summary>
    public static Tensor ToTensor(double[] data, ReadOnlySpan<int> shape, ElementType type) => type switch
    {
        ElementType.Float32 => Tensor.From(Array.ConvertAll(data, value => (float)value), shape),
        ElementType.Float64 => Tensor.From(data, shape),
        _ => Tensor.From(Array.ConvertAll(data, value => checked((int)value)), shape),
    };

    /// <summary>The elements of a tensor, as doubles.</summary>
    public static double[] ToDoubles(Tensor tensor) => tensor.Type switch
    {
        ElementType.Float32 => Array.ConvertAll(tensor.ToArray<float>(), value => (double)value),
        ElementType.Float64 => tensor.ToArray<double>(),
        _ => Array.ConvertAll(tensor.ToArray<int>(), value => (double)value),
    };

    /// <summary>A tensor parameter with the same number everywhere.</summary>
    public static Expr Constant(KernelParameter parameter, double value, IReadOnlyDictionary<string, int> sizes)
    {
        var data = new double[Count(parameter, sizes)];
        Array.Fill(data, value);
        return Expr.From(data, parameter.Layout, sizes, parameter.Kind == KernelParameterKind.Ids);
    }

    /// <summary>A scalar argument: given, the size of its axis, its default, or something of its type.</summary>
    public static object Scalar(KernelParameter parameter, IReadOnlyDictionary<string, int> sizes, IReadOnlyDictionary<string, object> given) =>
        parameter.Kind == KernelParameterKind.Size ? sizes[parameter.Layout]
        : given.TryGetValue(parameter.Name, out var value) ? value
        : parameter.Default ?? parameter.Kind switch
        {
            // No sums of powers of two: float and double arithmetic differ in them.
            KernelParameterKind.Float => 0.3f,
            KernelParameterKind.Double => 0.3,
            KernelParameterKind.Int => 3,
            _ => false,
        };

    /// <summary>
    /// The shape of a tensor for a layout, given with "..." as one dimension. An even number of leading elements is
    /// given two dimensions, so that "..." is met with more than one.
    /// </summary>
    public static int[] SpreadLeading(string layout, int[] shape) =>
        TensorLayout.Parse(layout).HasEllipsis && shape[0] > 2 && shape[0] % 2 == 0 ? [shape[0] / 2, 2, .. shape[1..]] : shape;

    private static int Count(KernelParameter parameter, IReadOnlyDictionary<string, int> sizes) =>
        TensorLayout.Parse(parameter.Layout).Shape(sizes).Aggregate(1, (product, size) => product * size);

    /// <summary>Ids below the largest axis size that the definition accepts for this parameter, the other ids being 0.</summary>
    private InputDomain IdDomain(int at)
    {
        foreach (var size in sizes.Values.Distinct().OrderDescending())
        {
            try
            {
                var trial = kernel.Parameters.Select((p, i) => p.IsTensor ? Constant(p, i == at ? size - 1 : 0, sizes) : scalars[i]).ToArray();
                kernel.Definition(trial);
                return InputDomain.Between(0, size);
            }
            catch (ExprException)
            {
                // Out of range for this size: try the next smaller one.
            }
        }
        return InputDomain.Between(0, 1);
    }
}
