using ILGPU;

namespace MageDsl.Devices.Gpu;

/// <summary>Sets every element.</summary>
internal struct FillStage<T> : IGpuStage<FillStage<T>>
    where T : unmanaged
{
    public ArrayView<T> To;
    public T Value;

    public static void Run(FillStage<T> stage)
    {
        for (var i = GpuPlace.First; i < stage.To.Length; i += GpuPlace.Step) stage.To[i] = stage.Value;
    }
}

/// <summary>Makes words of bfloat16 of floats.</summary>
internal struct ShortenStage : IGpuElements<ShortenStage, float>
{
    public ArrayView<float> From;
    public ArrayView<BFloat16> To;

    public static bool IsByFours => true;

    public static void Run<V, M, L>(ShortenStage stage)
        where V : unmanaged
        where M : unmanaged
        where L : struct, ILanes<float, V, M>
    {
        int at = GpuThread.Index * L.Width;
        if (at < stage.To.IntLength) L.StoreShort(stage.To, at, L.Load(stage.From, at));
    }
}

/// <summary>Makes every element of another.</summary>
internal struct ConvertStage<TFrom, TTo, TMap> : IGpuStage<ConvertStage<TFrom, TTo, TMap>>
    where TFrom : unmanaged
    where TTo : unmanaged
    where TMap : struct, IConversion<TFrom, TTo>
{
    public ArrayView<TFrom> From;
    public ArrayView<TTo> To;

    public static void Run(ConvertStage<TFrom, TTo, TMap> stage)
    {
        for (var i = GpuPlace.First; i < stage.To.Length; i += GpuPlace.Step) stage.To[i] = TMap.Of(stage.From[i]);
    }
}

/// <summary>A number made of one of another type.</summary>
internal interface IConversion<TFrom, TTo>
{
    /// <summary>The number; a real becomes an id by truncation.</summary>
    static abstract TTo Of(TFrom value);
}

internal readonly struct FloatToDouble : IConversion<float, double>
{
    public static double Of(float value) => value;
}

internal readonly struct FloatToInt : IConversion<float, int>
{
    public static int Of(float value) => (int)value;
}

internal readonly struct DoubleToFloat : IConversion<double, float>
{
    public static float Of(double value) => (float)value;
}

internal readonly struct DoubleToInt : IConversion<double, int>
{
    public static int Of(double value) => (int)value;
}

internal readonly struct IntToFloat : IConversion<int, float>
{
    public static float Of(int value) => value;
}

internal readonly struct IntToDouble : IConversion<int, double>
{
    public static double Of(int value) => value;
}

/// <summary>Elements that a thread takes when all of a launch take turns.</summary>
internal static class GpuPlace
{
    /// <summary>Its first.</summary>
    public static long First => ((long)Grid.IdxX * Group.DimX) + Group.IdxX;

    /// <summary>From one to the next.</summary>
    public static long Step => (long)Grid.DimX * Group.DimX;
}
