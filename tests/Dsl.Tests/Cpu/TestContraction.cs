using MageDsl.Devices.Cpu;

namespace MageDsl.Tests.Cpu;

/// <summary>A yes or no as a type.</summary>
public interface IFlag
{
    static abstract bool Value { get; }
}

public readonly struct Yes : IFlag
{
    public static bool Value => true;
}

public readonly struct No : IFlag
{
    public static bool Value => false;
}

/// <summary>
/// What the generator would write, by hand: operands packed densely either way round. Stored as is if
/// <typeparamref name="TDirect"/>; otherwise Left is doubled on the way in (a prologue, computed into the scratch) and
/// <c>3 m + n</c> is added on the way out.
/// </summary>
internal unsafe struct TestContraction<T, TLeftAlongK, TRightAlongK, TDirect> : IContraction<T>
    where T : unmanaged
    where TLeftAlongK : IFlag
    where TRightAlongK : IFlag
    where TDirect : IFlag
{
    public T* A;
    public T* B;
    public T* C;
    public nint M;
    public nint N;
    public nint K;

    public static bool LeftAlongK => TLeftAlongK.Value;

    public static bool RightAlongK => TRightAlongK.Value;

    public static bool Direct => TDirect.Value;

    public readonly T* Left<S, V>(nint batch, nint row, nint start, nint count, T* scratch)
        where S : struct, ISimd<T, V> where V : unmanaged
    {
        var run = A + batch * M * K + row * (LeftAlongK ? K : M) + start;
        if (Direct)
            return run;
        nint i = 0;
        for (; i + S.Width <= count; i += S.Width)
            S.Store(scratch + i, S.Add(S.Load(run + i), S.Load(run + i)));
        if (i < count)
            S.StoreTail(scratch + i, S.Mul(S.LoadTail(run + i, count - i), S.Create(2.0)), count - i);
        return scratch;
    }

    public readonly T* Right<S, V>(nint batch, nint row, nint start, nint count, T* scratch)
        where S : struct, ISimd<T, V> where V : unmanaged
        => B + batch * N * K + row * (RightAlongK ? K : N) + start;

    public readonly void Store<S, V>(nint batch, nint m, nint n, nint count, T* sums)
        where S : struct, ISimd<T, V> where V : unmanaged
    {
        var target = C + (batch * M + m) * N + n;
        for (nint i = 0; i < count; i += S.Width)
        {
            var offset = S.Iota(3 * m + n + i, 1);
            if (i + S.Width <= count)
                S.Store(target + i, S.Add(S.Load(sums + i), offset));
            else
                S.StoreTail(target + i, S.Add(S.LoadTail(sums + i, count - i), offset), count - i);
        }
    }

    public readonly T* Target(nint batch, out nint stride)
    {
        stride = N;
        return C + batch * M * N;
    }
}
