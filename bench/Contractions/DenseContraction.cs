using MageDsl.Devices.Cpu;

namespace Bench.Contractions;

/// <summary>A yes or no as a type.</summary>
internal interface IFlag
{
    static abstract bool Value { get; }
}

internal readonly struct Yes : IFlag
{
    public static bool Value => true;
}

internal readonly struct No : IFlag
{
    public static bool Value => false;
}

/// <summary>C = op(A) op(B) on dense operands, stored as is: what the compiler makes of a plain matrix product.</summary>
internal unsafe struct DenseContraction<TLeftAlongK, TRightAlongK> : IContraction<float>
    where TLeftAlongK : IFlag
    where TRightAlongK : IFlag
{
    public float* A;
    public float* B;
    public float* C;
    public nint M;
    public nint N;
    public nint K;

    public static bool LeftAlongK => TLeftAlongK.Value;

    public static bool RightAlongK => TRightAlongK.Value;

    public static bool Direct => true;

    public readonly float* Left<S, V>(nint batch, nint row, nint start, nint count, float* scratch)
        where S : struct, ISimd<float, V> where V : unmanaged
        => A + batch * M * K + row * (LeftAlongK ? K : M) + start;

    public readonly float* Right<S, V>(nint batch, nint row, nint start, nint count, float* scratch)
        where S : struct, ISimd<float, V> where V : unmanaged
        => B + batch * N * K + row * (RightAlongK ? K : N) + start;

    public readonly void Store<S, V>(nint batch, nint m, nint n, nint count, float* sums)
        where S : struct, ISimd<float, V> where V : unmanaged
        => throw new NotSupportedException("stored as is");

    public readonly float* Target(nint batch, out nint stride)
    {
        stride = N;
        return C + batch * M * N;
    }
}
