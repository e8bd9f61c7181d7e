namespace MageDsl.Devices.Gpu;

/// <summary>
/// What is launched for stages that the generator wrote, as far as can be known without sizes: what a device takes where sizes are large, and
/// multiples of four.
/// </summary>
/// <param name="groupSize">The most threads of a group.</param>
/// <param name="hasShuffles">Whether threads of a warp can pass values to each other.</param>
/// <param name="takesQuads">Whether threads may take four elements at once.</param>
/// <param name="keepsRows">Whether threads have registers for all that they take of a row.</param>
/// <param name="precision">In what products of float32 are computed.</param>
internal sealed class GpuLaunched(int groupSize, bool hasShuffles, bool takesQuads, bool keepsRows, Precision precision)
{
    /// <summary>On a card of NVIDIA's.</summary>
    public static GpuLaunched OnCard { get; } = new(GpuThread.Most, hasShuffles: true, takesQuads: true, keepsRows: true, Precision.Float32);

    /// <summary>On a device.</summary>
    public static GpuLaunched On(GpuDevice device) => new(device.GroupSize, device.HasShuffles, device.TakesQuads, device.KeepsRows, device.Precision);

    /// <summary>The types of what is launched for a stage.</summary>
    /// <param name="stage">Its type.</param>
    public IEnumerable<Type> Of(Type stage)
    {
        var ways = stage.GetInterfaces().Where(i => i.IsGenericType).Select(i => i.GetGenericTypeDefinition()).ToArray();
        // What was written by hand has its own types, and is launched as it is.
        if (stage.GetGenericArguments() is not [var element, var scalar])
        {
            yield return stage;
            yield break;
        }
        if (ways.Contains(typeof(IGpuContraction<,>)))
        {
            yield return Product(stage, element, scalar);
        }
        else if (ways.Contains(typeof(IGpuElements<,>)))
        {
            yield return typeof(GpuEach<,,,,>).MakeGenericType([stage, element, .. Lanes(element, scalar, IsByFours(stage))]);
        }
        else if (ways.Contains(typeof(IGpuRows<,>)))
        {
            var rows = keepsRows && ways.Contains(typeof(IGpuKeptRows<,>)) ? typeof(GpuKeptRows<,,,,,>) : typeof(GpuRows<,,,,,>);
            yield return rows.MakeGenericType([stage, element, .. Lanes(element, scalar, IsByFours(stage)), Team(element, scalar)]);
        }
        else if (ways.Contains(typeof(IGpuScatter<,>)))
        {
            Type[] lanes = [stage, element, .. Lanes(element, scalar, IsByFours(stage))];
            yield return typeof(GpuCountTerms<,>).MakeGenericType(stage, element);
            yield return typeof(GpuAddShares);
            yield return typeof(GpuFindFirsts);
            yield return typeof(GpuPlaceTerms<,>).MakeGenericType(stage, element);
            yield return typeof(GpuAddTerms<,,,,>).MakeGenericType(lanes);
            yield return typeof(GpuAddPieces<,,,,>).MakeGenericType(lanes);
        }
        else if (ways.Contains(typeof(IGpuRowBlock<,>)))
        {
            var memory = element == typeof(float) ? typeof(SharedFloats<>) : typeof(SharedDoubles<>);
            yield return typeof(GpuRowBlock<,,,,>).MakeGenericType(stage, element, scalar, memory.MakeGenericType(element), Team(element, scalar));
        }
        else if (ways.Contains(typeof(IGpuStage<>)))
        {
            yield return stage;
        }

        if (ways.Contains(typeof(IGpuSplit<,>))) yield return typeof(GpuFinish<,>).MakeGenericType(stage, element);
    }

    private Type Product(Type stage, Type element, Type scalar)
    {
        var form = (GpuProductForm)stage.GetProperty("Form")!.GetValue(null)!;
        var kind = ProductTile.KindOf(groupSize, precision, element == typeof(float));
        if (kind == ProductTileKind.Small || !takesQuads) form = form.OneByOne;
        Type Operand(Type side, bool isAlongK, bool isFour) => side.MakeGenericType(
            stage, element, isAlongK ? typeof(AlongK) : typeof(AlongOwn), isFour ? typeof(FourAtOnce) : typeof(OneByOne));
        Type[] operands =
        [
            Operand(typeof(LeftOperand<,,,>), form.LeftAlongK, form.LeftFours),
            Operand(typeof(RightOperand<,,,>), form.RightAlongK, form.RightFours),
        ];
        var lanes = Lanes(element, scalar, form.StoreFours);
        return kind switch
        {
            ProductTileKind.Small => typeof(SmallTile<,,,,>).MakeGenericType([stage, element, scalar, .. operands]),
            ProductTileKind.Large => typeof(LargeTile<,,,,,,,>).MakeGenericType([stage, element, scalar, .. operands, .. lanes]),
            ProductTileKind.Tf32 => Tensor(typeof(Tf32Word)),
            _ => Tensor(typeof(BFloat16Word)),
        };

        Type Tensor(Type word) => typeof(TensorTile<,,,,,,,,>).MakeGenericType([stage, element, scalar, word, .. operands, .. lanes]);
    }

    private Type Team(Type element, Type scalar) => (hasShuffles ? typeof(GpuWarpTeam<,>) : typeof(GpuGroupTeam<,>)).MakeGenericType(element, scalar);

    private bool IsByFours(Type stage) => takesQuads && (bool)stage.GetProperty("IsByFours")!.GetValue(null)!;

    private static Type[] Lanes(Type element, Type scalar, bool isFour) => isFour
        ? [typeof(Quad<>).MakeGenericType(element), typeof(Quad<bool>), typeof(Quads<,>).MakeGenericType(element, scalar)]
        : [element, typeof(bool), scalar];
}
