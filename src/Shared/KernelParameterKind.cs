#if GENERATOR
namespace MageDsl.Generators;
#else
namespace MageDsl;
#endif

/// <summary>What a kernel takes at a position.</summary>
public enum KernelParameterKind
{
    /// <summary>A tensor of reals.</summary>
    Tensor,

    /// <summary>A tensor of int32.</summary>
    Ids,

    /// <summary>A float.</summary>
    Float,

    /// <summary>A double.</summary>
    Double,

    /// <summary>An int.</summary>
    Int,

    /// <summary>A bool; the kernel is compiled once for each value.</summary>
    Bool,

    /// <summary>An int that gives the size of an axis.</summary>
    Size,
}
