using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using MageDsl.Devices;
using MageDsl.Devices.Gpu;

namespace MageDsl;

/// <summary>The checks that generated launchers make of their arguments. The comparisons are inlined, the messages are not.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class KernelCheck
{
    /// <summary>The tensor has the number of dimensions that its layout says.</summary>
    /// <exception cref="KernelArgumentException">It is null, or has another rank.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rank(string kernel, string parameter, Tensor tensor, int rank, string layout)
    {
        if (tensor is null || tensor.Rank != rank) ThrowRank(kernel, parameter, tensor, $"{rank}", layout);
    }

    /// <summary>The tensor has at least the dimensions that follow the <c>...</c> of its layout.</summary>
    /// <exception cref="KernelArgumentException">It is null, or has fewer.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void RankAtLeast(string kernel, string parameter, Tensor tensor, int rank, string layout)
    {
        if (tensor is null || tensor.Rank < rank) ThrowRank(kernel, parameter, tensor, $"at least {rank}", layout);
    }

    /// <summary>The axis has the size that its fixed size, an int parameter or an earlier argument gave it.</summary>
    /// <exception cref="KernelArgumentException">It has another one.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Axis(string kernel, string parameter, string axis, int expected, int found)
    {
        if (expected != found) ThrowAxis(kernel, parameter, axis, $"{expected}", found);
    }

    /// <summary>The axis is long enough, for a window or a slice of it.</summary>
    /// <exception cref="KernelArgumentException">It is shorter.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AxisAtLeast(string kernel, string parameter, string axis, int expected, int found)
    {
        if (found < expected) ThrowAxis(kernel, parameter, axis, $"at least {expected}", found);
    }

    /// <summary>The tensor holds elements of the type that the launch is compiled for.</summary>
    /// <exception cref="KernelArgumentException">It is null, or holds another one.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Type(string kernel, string parameter, Tensor tensor, ElementType expected)
    {
        if (tensor is null || tensor.Type != expected) ThrowType(kernel, parameter, tensor, $"{expected}");
    }

    /// <summary>The tensor holds reals, of either precision.</summary>
    /// <exception cref="KernelArgumentException">It is null, or holds ids.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Real(string kernel, string parameter, Tensor tensor)
    {
        if (tensor is null || !tensor.Type.IsReal()) ThrowType(kernel, parameter, tensor, "Float32 or Float64");
    }

    /// <summary>A dimension that holds a group is a multiple of the product of the group's known axes.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="parameter">The parameter.</param>
    /// <param name="group">The group as the layout has it, as <c>(s=3 h e)</c>.</param>
    /// <param name="dimension">The size of the dimension.</param>
    /// <param name="by">The product of the axes that are known.</param>
    /// <exception cref="KernelArgumentException">It is not, or that product is not positive.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Divides(string kernel, string parameter, string group, int dimension, int by)
    {
        if (by <= 0 || dimension % by != 0) ThrowDivides(kernel, parameter, group, dimension, by);
    }

    /// <summary>A size given by an int parameter is positive.</summary>
    /// <exception cref="KernelArgumentException">It is not.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Size(string kernel, string parameter, string axis, int found)
    {
        if (found < 1) ThrowAxis(kernel, parameter, axis, "at least 1", found);
    }

    /// <summary>An axis that something is chosen along has elements.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="what">The primitive that chooses, as <c>Max</c>.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="size">Its size.</param>
    /// <exception cref="ExprException">It has none; the definition says the same.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Choice(string kernel, string what, string axis, int size)
    {
        if (size == 0) throw ExprException.Nothing($"{kernel}: {what}", axis);
    }

    /// <summary>The places along an axis can be told apart by numbers of the type that the launch computes in.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="what">The primitive that gives the place, as <c>ArgMax</c>.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="size">Its size.</param>
    /// <param name="type">The type of the reals.</param>
    /// <exception cref="ExprException">They cannot: in float32 beyond 2^24.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Places(string kernel, string what, string axis, int size, ElementType type)
    {
        if (size > MostFloatPlaces && type == ElementType.Float32) ThrowPlaces(kernel, what, axis, size);
    }

    /// <summary>The device that all arguments of a launch lie on.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="parameters">Its tensors' names.</param>
    /// <param name="tensors">The tensors, in the same order.</param>
    /// <exception cref="KernelArgumentException">Two lie on different devices; the message names both.</exception>
    public static Device Device(string kernel, ReadOnlySpan<string> parameters, ReadOnlySpan<Tensor> tensors)
    {
        var device = tensors[0].Device;
        for (var i = 1; i < tensors.Length; i++)
        {
            if (tensors[i].Device != device) ThrowApart(kernel, parameters[0], device, parameters[i], tensors[i].Device);
        }
        return device;
    }

    /// <summary>
    /// The same, or the scope's device where there are no tensors, if it is one that ILGPU drives; null if it is another, for which there is
    /// code of its own.
    /// </summary>
    /// <inheritdoc cref="Device"/>
    public static GpuDevice? GpuDevice(string kernel, ReadOnlySpan<string> parameters, ReadOnlySpan<Tensor> tensors) =>
        (tensors.Length == 0 ? TensorScope.Current?.Device ?? Devices.Device.Default : Device(kernel, parameters, tensors)) as GpuDevice;

    private const int MostFloatPlaces = 1 << 24;

    [DoesNotReturn]
    private static void ThrowPlaces(string kernel, string what, string axis, int size) => throw new ExprException(
        $"{kernel}: {what}: axis '{axis}' has size {size}; places are whole numbers of float32, which are exact to {MostFloatPlaces} " +
        "only: use float64",
        axis, MostFloatPlaces, size);

    [DoesNotReturn]
    private static void ThrowApart(string kernel, string first, Device on, string parameter, Device other) => throw new KernelArgumentException(
        kernel, parameter,
        $"is on {other}, but {first} is on {on}; a kernel runs where all its arguments lie: {nameof(Tensor.Clone)} copies one there");

    [DoesNotReturn]
    private static void ThrowRank(string kernel, string parameter, Tensor? tensor, string rank, string layout) =>
        throw new KernelArgumentException(kernel, parameter, tensor is null
            ? $"[{layout}] is null"
            : $"[{layout}] must have {rank} {(rank is "1" or "at least 1" ? "dimension" : "dimensions")}, but has {tensor.Rank}: " +
                $"{Tensor.ShapeText(tensor.Shape)}");

    [DoesNotReturn]
    private static void ThrowAxis(string kernel, string parameter, string axis, string expected, int found) =>
        throw new KernelArgumentException(kernel, parameter, $"must have size {expected} along axis '{axis}', but has {found}");

    [DoesNotReturn]
    private static void ThrowType(string kernel, string parameter, Tensor? tensor, string expected) =>
        throw new KernelArgumentException(kernel, parameter, tensor is null ? "is null" : $"must hold {expected}, but holds {tensor.Type}");

    [DoesNotReturn]
    private static void ThrowDivides(string kernel, string parameter, string group, int dimension, int by) =>
        throw new KernelArgumentException(kernel, parameter, $"has a dimension of {dimension} for {group}, which is not a multiple of {by}");
}
