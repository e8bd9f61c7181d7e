namespace MageDsl.Testing;

/// <summary>Chooses sizes for the axes of a kernel, such that its definition accepts them.</summary>
public static class AxisSizes
{
    private const int Draws = 20;
    private const int Repairs = 30;

    /// <summary>
    /// Small random sizes for every axis of the kernel's parameters, respecting fixed and given sizes. Where the
    /// definition wants an axis longer, or two axes alike (a slice that must match another value), sizes that are free follow.
    /// </summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="seed">Seed of the choice.</param>
    /// <param name="given">Sizes that are not to be changed.</param>
    /// <param name="scalars">Values of scalar parameters by name, boxed.</param>
    /// <param name="least">The least size of a free axis, before the definition is asked.</param>
    /// <param name="most">The largest.</param>
    /// <exception cref="ExprException">No sizes were found; the message is the definition's last objection.</exception>
    public static IReadOnlyDictionary<string, int> Choose(
        KernelInfo kernel,
        int seed,
        IReadOnlyDictionary<string, int>? given = null,
        IReadOnlyDictionary<string, object>? scalars = null,
        int least = 2,
        int most = 5)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        var random = new Random(seed);
        ExprException? objection = null;
        for (var draw = 0; draw < Draws; draw++)
        {
            var (sizes, free) = Draw(kernel, random, given ?? new Dictionary<string, int>(), least, most);
            for (var repair = 0; repair < Repairs; repair++)
            {
                objection = Objection(kernel, sizes, scalars ?? new Dictionary<string, object>());
                if (objection is null) return sizes;
                if (!Follow(objection, sizes, free)) break;
            }
        }
        throw new ExprException($"{kernel.Name}: no sizes were found that its definition accepts; give some. {objection!.Message}");
    }

    private static (Dictionary<string, int> Sizes, HashSet<string> Free) Draw(
        KernelInfo kernel, Random random, IReadOnlyDictionary<string, int> given, int least, int most)
    {
        var sizes = new Dictionary<string, int>(given);
        var free = new HashSet<string>();
        var layouts = kernel.Parameters.Where(p => p.IsTensor).Select(p => TensorLayout.Parse(p.Layout)).ToArray();
        foreach (var axis in layouts.SelectMany(layout => layout.Axes).Where(axis => axis.Fixed > 0)) sizes.TryAdd(axis.Name, axis.Fixed);
        IEnumerable<string> names = [.. layouts.SelectMany(layout => layout.Axes).Select(axis => axis.Name), .. SizeAxes(kernel)];
        foreach (var name in names)
        {
            if (!sizes.TryAdd(name, random.Next(least, most + 1))) continue;
            free.Add(name);
        }
        return (sizes, free);
    }

    private static IEnumerable<string> SizeAxes(KernelInfo kernel) =>
        kernel.Parameters.Where(p => p.Kind == KernelParameterKind.Size).Select(p => p.Layout);

    /// <summary>Gives an axis the size that the definition missed: the other of the two it met, or the least that is enough.</summary>
    private static bool Follow(ExprException objection, Dictionary<string, int> sizes, HashSet<string> free)
    {
        if (objection.Axis is not { } axis || !free.Contains(axis)) return false;
        var wanted = sizes[axis] == objection.Expected ? objection.Found : objection.Expected;
        if (wanted < 1 || wanted == sizes[axis]) return false;
        sizes[axis] = wanted;
        return true;
    }

    private static ExprException? Objection(KernelInfo kernel, Dictionary<string, int> sizes, IReadOnlyDictionary<string, object> scalars)
    {
        try
        {
            var arguments = kernel.Parameters.Select(p => p.IsTensor
                ? KernelArguments.Constant(p, 0, sizes)
                : KernelArguments.Scalar(p, sizes, scalars)).ToArray();
            var results = kernel.Definition(arguments);
            var all = kernel.Sizes(sizes);
            for (var i = 0; i < results.Length; i++) _ = results[i].ShapeOf(kernel.Results[i], all);
            return null;
        }
        catch (ExprException objection)
        {
            return objection;
        }
    }
}
