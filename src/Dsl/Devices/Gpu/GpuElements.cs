namespace MageDsl.Devices.Gpu;

/// <summary>What devices do with elements without kernels of anyone's: fill and convert.</summary>
internal static class GpuElements
{
    /// <inheritdoc cref="Device.Fill"/>
    public static void Fill(GpuDevice device, DeviceMemory memory, ElementType type, double value)
    {
        switch (type)
        {
            case ElementType.Float32: Fill(device, memory, (float)value); break;
            case ElementType.Float64: Fill(device, memory, value); break;
            default: Fill(device, memory, checked((int)value)); break;
        }
    }

    /// <inheritdoc cref="Device.Convert"/>
    public static void Convert(GpuDevice device, DeviceMemory source, ElementType from, DeviceMemory destination, ElementType to)
    {
        switch (from, to)
        {
            case (ElementType.Float32, ElementType.Float64): Convert<float, double, FloatToDouble>(device, source, destination); break;
            case (ElementType.Float32, ElementType.Int32): Convert<float, int, FloatToInt>(device, source, destination); break;
            case (ElementType.Float64, ElementType.Float32): Convert<double, float, DoubleToFloat>(device, source, destination); break;
            case (ElementType.Float64, ElementType.Int32): Convert<double, int, DoubleToInt>(device, source, destination); break;
            case (ElementType.Int32, ElementType.Float32): Convert<int, float, IntToFloat>(device, source, destination); break;
            case (ElementType.Int32, ElementType.Float64): Convert<int, double, IntToDouble>(device, source, destination); break;
            default: device.Copy(source, destination); break;
        }
    }

    /// <summary>Makes words of bfloat16 of floats.</summary>
    public static void Shorten(GpuDevice device, DeviceMemory source, DeviceMemory destination)
    {
        var stage = new ShortenStage { From = device.View<float>(source), To = device.View<BFloat16>(destination) };
        GpuLauncher.Elements<ShortenStage, float, Float32>(device, stage, (nint)stage.To.Length, stage.To.Length % 4 == 0);
    }

    private static void Fill<T>(GpuDevice device, DeviceMemory memory, T value)
        where T : unmanaged
    {
        var to = device.View<T>(memory);
        device.Launch(new FillStage<T> { To = to, Value = value }, Groups(device, to.Length), device.GroupSize);
    }

    private static void Convert<TFrom, TTo, TMap>(GpuDevice device, DeviceMemory source, DeviceMemory destination)
        where TFrom : unmanaged
        where TTo : unmanaged
        where TMap : struct, IConversion<TFrom, TTo>
    {
        var (from, to) = (device.View<TFrom>(source), device.View<TTo>(destination));
        device.Launch(new ConvertStage<TFrom, TTo, TMap> { From = from, To = to }, Groups(device, to.Length), device.GroupSize);
    }

    private static long Groups(GpuDevice device, long elements) => Math.Min(device.BusyGroups, GpuLauncher.Groups(elements, device.GroupSize));
}
