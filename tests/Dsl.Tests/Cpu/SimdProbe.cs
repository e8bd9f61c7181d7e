using System.Runtime.Intrinsics;
using MageDsl.Devices.Cpu;

namespace MageDsl.Tests.Cpu;

/// <summary>One vector type, seen through arrays of double, so that a test is written once for six of them.</summary>
public abstract class SimdProbe : ArithmeticProbe
{
    /// <summary>Lanes of a vector.</summary>
    public abstract int Width { get; }

    /// <summary>The vectors that this machine has, by name.</summary>
    public static IReadOnlyDictionary<string, SimdProbe> All { get; } = Create();

    /// <summary>Sum, Max, Min or First of one vector.</summary>
    public abstract double Reduce(string name, double[] a);

    /// <summary>The vector that a load gives from an array with something beyond its ends.</summary>
    public abstract double[] Load(string name, double[] memory, int origin, long first, long second = 0, long third = 0);

    /// <summary>The array after a store of v.</summary>
    public abstract double[] Store(string name, double[] memory, int origin, double[] v, long first, long second = 0);

    /// <summary>The ids after StoreIds of v.</summary>
    public abstract int[] StoreIds(int[] memory, double[] v, int stride, int n);

    /// <summary>The vector that LoadIds gives.</summary>
    public abstract double[] LoadIds(int[] memory, int stride, int n);

    /// <summary>The vector that LoadGather gives.</summary>
    public abstract double[] LoadGather(double[] memory, double[] index, int stride, int n);

    /// <summary>Keep, Iota and Random: vectors made from numbers.</summary>
    public abstract double[] Make(string name, params long[] arguments);

    /// <summary>Randoms.</summary>
    public abstract double[] Randoms(uint seed, uint stream, uint index, int count);

    /// <summary>Stores 1, 2, ... in the last n elements before the edge by StoreTail and loads them by LoadTail.</summary>
    public abstract double[] CopyAtEnd(PageEdge edge, int n);

    /// <summary>The last n elements before the edge, by LoadWindow.</summary>
    public abstract double[] WindowAtEnd(PageEdge edge, int n);

    private static Dictionary<string, SimdProbe> Create()
    {
        var all = new Dictionary<string, SimdProbe>
        {
            ["float128"] = new SimdProbe<float, Simd128<float>, Vector128<float>>(),
            ["double128"] = new SimdProbe<double, Simd128<double>, Vector128<double>>(),
        };
        if (Simd.IsSupported(256))
        {
            all["float256"] = new SimdProbe<float, Simd256<float>, Vector256<float>>();
            all["double256"] = new SimdProbe<double, Simd256<double>, Vector256<double>>();
        }
        if (Simd.IsSupported(512))
        {
            all["float512"] = new SimdProbe<float, Simd512<float>, Vector512<float>>();
            all["double512"] = new SimdProbe<double, Simd512<double>, Vector512<double>>();
        }
        return all;
    }
}
