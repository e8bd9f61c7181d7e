using System.ComponentModel;
using ILGPU;

#pragma warning disable CS1591 // the fields are the arguments of GpuElements

namespace MageDsl.Devices.Gpu;

/// <summary>Sets every element.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct FillStage<T> : IGpuStage<FillStage<T>>
    where T : unmanaged
{
    public ArrayView<T> To;
    public T Value;

    public static void Run(FillStage<T> stage)
    {
        for (var i = GpuPlace.First; i < stage.To.Length; i += GpuPlace.Step) stage.To[i] = stage.Value;
    }
}

/// <summary>Makes every element of another.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct ConvertStage<TFrom, TTo, TMap> : IGpuStage<ConvertStage<TFrom, TTo, TMap>>
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
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IConversion<TFrom, TTo>
{
    static abstract TTo Of(TFrom value);
}

[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct FloatToDouble : IConversion<float, double>
{
    public static double Of(float value) => value;
}

[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct FloatToInt : IConversion<float, int>
{
    public static int Of(float value) => (int)value;
}

[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct DoubleToFloat : IConversion<double, float>
{
    public static float Of(double value) => (float)value;
}

[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct DoubleToInt : IConversion<double, int>
{
    public static int Of(double value) => (int)value;
}

[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct IntToFloat : IConversion<int, float>
{
    public static float Of(int value) => value;
}

[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct IntToDouble : IConversion<int, double>
{
    public static double Of(int value) => value;
}

/// <summary>Where a thread begins that takes every so manieth element, and how far it goes on.</summary>
internal static class GpuPlace
{
    public static long First => ((long)Grid.IdxX * Group.DimX) + Group.IdxX;

    public static long Step => (long)Grid.DimX * Group.DimX;
}
