namespace MageDsl.Devices.Gpu;

/// <summary>
/// What is launched for stages that the generator wrote, as far as can be known without sizes: what a device takes where sizes are large, and
/// multiples of four.
/// </summary>
/// <param name="traits">The device.</param>
/// <param name="precision">In what it computes products of float32.</param>
internal sealed class GpuLaunched(GpuTraits traits, Precision precision)
{
    /// <summary>On a card of NVIDIA's.</summary>
    public static GpuLaunched OnCard(Precision precision)
    {
        var card = CudaKind.Card.With(GpuTraits.WantedWarpGroups(WarpGroupUse.Off), 1);
        return new(card with { SplitsFloats = GpuTraits.WantedSplits(false) }, precision);
    }

    /// <summary>On a device.</summary>
    public static GpuLaunched On(GpuDevice device) => new(device.Traits, device.Precision);

    /// <summary>Whether tensor cores multiply what is in float32.</summary>
    public bool SplitsFloats => traits.SplitsFloats && precision == Precision.Float32;

    /// <summary>A stage in float32, in which the device keeps short buffers as it does.</summary>
    /// <param name="stage">The type that was generated.</param>
    public Type Single(Type stage) => precision == Precision.BFloat16 && stage.GetGenericArguments().Length > 2
        ? stage.MakeGenericType(typeof(float), typeof(Floats<ShortFunctions>), typeof(BFloat16))
        : Typed<float, Float32>(stage);

    /// <summary>The same in float64.</summary>
    public static Type Double(Type stage) => Typed<double, Float64>(stage);

    private static Type Typed<T, S>(Type stage)
        where T : unmanaged
    {
        Type[] types = [typeof(T), typeof(S), typeof(Whole<T>)];
        return stage.MakeGenericType(types[..stage.GetGenericArguments().Length]);
    }

    /// <summary>The types of what is launched for a stage.</summary>
    /// <param name="stage">Its type.</param>
    public IEnumerable<Type> Of(Type stage)
    {
        var ways = stage.GetInterfaces().Where(i => i.IsGenericType).Select(i => i.GetGenericTypeDefinition()).ToArray();
        // What was written by hand has its own types, and is launched as it is.
        if (stage.GetGenericArguments() is not [var element, var scalar, ..])
        {
            yield return stage;
            yield break;
        }
        if (ways.Contains(typeof(IGpuContraction<,>)))
        {
            foreach (var launched in Product(stage, element, scalar)) yield return launched;
        }
        else if (ways.Contains(typeof(IGpuElements<,>)))
        {
            yield return typeof(GpuEach<,,,,>).MakeGenericType([stage, element, .. Lanes(element, scalar, IsByFours(stage))]);
        }
        else if (ways.Contains(typeof(IGpuPair<,,,>)))
        {
            foreach (var launched in Pair(stage, element, scalar)) yield return launched;
        }
        else if (ways.Contains(typeof(IGpuRows<,>)))
        {
            var way = traits.KeepsRows && ways.Contains(typeof(IGpuKeptRows<,>)) ? typeof(GpuKeptRows<,,,,,>) : typeof(GpuRows<,,,,,>);
            yield return way.MakeGenericType([stage, element, .. Lanes(element, scalar, IsByFours(stage)), Team(element, scalar)]);
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
            var memory = Memory(element).MakeGenericType(element);
            yield return typeof(GpuRowBlock<,,,,,>)
                .MakeGenericType(stage, element, scalar, memory, Team(element, scalar), Core(stage, element, scalar));
        }
        else if (ways.Contains(typeof(IGpuStage<>)))
        {
            yield return stage;
        }

        if (ways.Contains(typeof(IGpuSplit<,>))) yield return typeof(GpuFinish<,>).MakeGenericType(stage, element);
    }

    /// <summary>Two loops at once, whose rows have more threads than a warp; by themselves on a device that does not keep rows.</summary>
    private IEnumerable<Type> Pair(Type stage, Type element, Type scalar)
    {
        var pair = stage.GetInterfaces().Single(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IGpuPair<,,,>)).GetGenericArguments();
        var (rows, sums) = (pair[1], pair[2]);
        if (!traits.KeepsRows) return Of(rows).Concat(Of(sums));
        var team = traits.HasShuffles ? typeof(GpuWarpsTeam<,>).MakeGenericType(element, scalar) : Team(element, scalar);
        return
        [
            typeof(GpuRows<,,,,,>).MakeGenericType([stage, element, .. Lanes(element, scalar, IsByFours(stage)), team]),
            typeof(GpuFinish<,>).MakeGenericType(sums, element),
        ];
    }

    private IEnumerable<Type> Product(Type stage, Type element, Type scalar)
    {
        var form = (GpuProductForm)stage.GetProperty("Form")!.GetValue(null)!;
        var kind = ProductTile.KindOf(traits, precision, element == typeof(float));
        if (!traits.TakesQuads) form = form.OneByOne;
        var (left, right) = (Operand(stage, typeof(LeftOperand<,,,>), form.Left), Operand(stage, typeof(RightOperand<,,,>), form.Right));
        if (ProductTile.Tensor(kind).IsOnTensorCores)
        {
            var word = Word;
            var (leftLayout, rightLayout) = (Layout(form.Left), Layout(form.Right));
            if (!AreWords(form.Left)) yield return Pack(left, form.Left);
            if (!AreWords(form.Right)) yield return Pack(right, form.Right);
            Type[] words = [word, leftLayout, rightLayout], lanes = Lanes(element, scalar, form.StoreFours);
            var core = !traits.HasWarpGroups ? typeof(WarpCore<,,>).MakeGenericType(words)
                : word == typeof(Float32Word) ? typeof(SplitCore) : typeof(WarpGroupCore<,,>).MakeGenericType(words);
            if (traits.WideGroups == 0 || word == typeof(Float32Word))
            {
                yield return typeof(PackedTile<,,,,,,,,>).MakeGenericType([stage, element, scalar, core, leftLayout, rightLayout, .. lanes]);
                yield break;
            }
            var products = typeof(WideProducts<,,>).MakeGenericType(words);
            yield return traits.HasBoxes
                ? typeof(WideTile<,,,,,,>).MakeGenericType([stage, element, scalar, products, .. lanes])
                : typeof(BroadTile<,,,,,,,,>).MakeGenericType([stage, element, scalar, products, leftLayout, rightLayout, .. lanes]);

            bool AreWords(GpuOperandForm operand) => GpuMatrix.AreTaken(kind, operand);

            Type Layout(GpuOperandForm operand) => AreWords(operand) && !operand.IsAlongK ? typeof(TermsOfRows) : typeof(RowsOfTerms);

            Type Pack(Type operand, GpuOperandForm operandForm)
                => (operandForm.IsAlongK ? typeof(PackAlongK<,,,,>) : typeof(PackTurned<,,,,>))
                    .MakeGenericType(stage, element, scalar, word, operand);
        }
        else
        {
            if (form.Left.IsCostly) yield return Copy(left, form.Left);
            if (form.Right.IsCostly) yield return Copy(right, form.Right);
            var product = form.Left.IsCostly || form.Right.IsCostly
                ? typeof(CopiedProduct<,,,,>).MakeGenericType(stage, element, scalar, IsCopied(form.Left), IsCopied(form.Right)) : stage;
            if (kind == ProductTileKind.Small) form = form.OneByOne;
            Type[] operands =
            [
                Operand(product, typeof(LeftOperand<,,,>), form.Left), Operand(product, typeof(RightOperand<,,,>), form.Right),
            ];
            yield return kind == ProductTileKind.Small
                ? typeof(SmallTile<,,,,>).MakeGenericType([product, element, scalar, .. operands])
                : typeof(LargeTile<,,,,,,,>).MakeGenericType([product, element, scalar, .. operands, .. Lanes(element, scalar, form.StoreFours)]);
        }

        Type Operand(Type product, Type side, GpuOperandForm operand) => side.MakeGenericType(
            product, element, operand.IsAlongK ? typeof(AlongK) : typeof(AlongOwn), operand.IsFour ? typeof(FourAtOnce) : typeof(OneByOne));

        Type Copy(Type operand, GpuOperandForm operandForm)
            => typeof(CopyOperand<,,,,,,>).MakeGenericType([stage, element, scalar, operand, .. Lanes(element, scalar, operandForm.IsFour)]);

        static Type IsCopied(GpuOperandForm operand) => operand.IsCostly ? typeof(Copied) : typeof(NotCopied);
    }

    /// <summary>What tensor cores multiply.</summary>
    private Type Word => precision switch
    {
        Precision.Float32 => typeof(Float32Word),
        Precision.Tf32 => typeof(Tf32Word),
        _ => typeof(BFloat16Word),
    };

    private Type Width => traits.TakesQuads ? typeof(FourAtOnce) : typeof(OneByOne);

    private Type Memory(Type element)
        => traits.SharedBytes > 0 ? typeof(SharedByLaunch<>) : element == typeof(float) ? typeof(SharedFloats<>) : typeof(SharedDoubles<>);

    private Type Core(Type block, Type element, Type scalar)
    {
        if (element != typeof(float) || !traits.MultipliesOnTensorCores(precision)) return typeof(GpuRowProduct<,>).MakeGenericType(element, scalar);
        var tiles = (bool)block.GetProperty("HasPairs")!.GetValue(null)! ? typeof(TilesOfPair) : typeof(TilesOfProduct);
        return typeof(GpuRowTensors<,,,,,>).MakeGenericType(element, scalar, Memory(element).MakeGenericType(element), tiles, Word, Width);
    }

    private Type Team(Type element, Type scalar)
        => (traits.HasShuffles ? typeof(GpuWarpTeam<,>) : typeof(GpuGroupTeam<,>)).MakeGenericType(element, scalar);

    private bool IsByFours(Type stage) => traits.TakesQuads && (bool)stage.GetProperty("IsByFours")!.GetValue(null)!;

    private static Type[] Lanes(Type element, Type scalar, bool isFour) => isFour
        ? [typeof(Quad<>).MakeGenericType(element), typeof(Quad<bool>), typeof(Quads<,>).MakeGenericType(element, scalar)]
        : [element, typeof(bool), scalar];
}
