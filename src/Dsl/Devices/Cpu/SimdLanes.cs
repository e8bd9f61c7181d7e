using System.Runtime.CompilerServices;

namespace MageDsl.Devices.Cpu;

/// <summary>Operations done lane by lane, where vectors have no instruction or none worth its code.</summary>
internal static unsafe class SimdLanes
{
    private const MethodImplOptions Once = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    [MethodImpl(Once)]
    public static V LoadBetween<T, V>(T* p, nint first, nint end)
        where T : unmanaged where V : unmanaged
    {
        V v = default;
        for (var l = first; l < end; l++)
            ((T*)&v)[l] = p[l];
        return v;
    }

    [MethodImpl(Once)]
    public static void Store<T, V>(T* p, V v, nint n)
        where T : unmanaged where V : unmanaged
    {
        for (nint l = 0; l < n; l++)
            p[l] = ((T*)&v)[l];
    }

    [MethodImpl(Once)]
    public static V LoadStrided<T, V>(T* p, nint stride, nint n)
        where T : unmanaged where V : unmanaged
    {
        V v = default;
        for (nint l = 0; l < n; l++)
            ((T*)&v)[l] = p[l * stride];
        return v;
    }

    [MethodImpl(Once)]
    public static void StoreStrided<T, V>(T* p, nint stride, V v, nint n)
        where T : unmanaged where V : unmanaged
    {
        for (nint l = 0; l < n; l++)
            p[l * stride] = ((T*)&v)[l];
    }

    [MethodImpl(Once)]
    public static V LoadIds<T, V>(int* p, nint stride, nint n)
        where T : unmanaged where V : unmanaged
    {
        V v = default;
        for (nint l = 0; l < n; l++)
        {
            if (typeof(T) == typeof(float))
                ((float*)&v)[l] = p[l * stride];
            else
                ((double*)&v)[l] = p[l * stride];
        }
        return v;
    }

    [MethodImpl(Once)]
    public static void StoreIds<T, V>(int* p, nint stride, V v, nint n)
        where T : unmanaged where V : unmanaged
    {
        for (nint l = 0; l < n; l++)
            p[l * stride] = (int)Math.Round(typeof(T) == typeof(float) ? ((float*)&v)[l] : ((double*)&v)[l]);
    }

    [MethodImpl(Once)]
    public static V LoadGather<T, V>(T* p, V index, nint stride, nint n)
        where T : unmanaged where V : unmanaged
    {
        V v = default;
        for (nint l = 0; l < n; l++)
        {
            var i = typeof(T) == typeof(float) ? (nint)((float*)&index)[l] : (nint)((double*)&index)[l];
            ((T*)&v)[l] = p[i * stride];
        }
        return v;
    }

    /// <summary>The library's own power: a vector one to the same accuracy needs the logarithm in extra precision.</summary>
    [MethodImpl(Once)]
    public static V Pow<T, V>(V a, V b)
        where T : unmanaged where V : unmanaged
    {
        for (var l = 0; l < sizeof(V) / sizeof(T); l++)
        {
            if (typeof(T) == typeof(float))
                ((float*)&a)[l] = MathF.Pow(((float*)&a)[l], ((float*)&b)[l]);
            else
                ((double*)&a)[l] = Math.Pow(((double*)&a)[l], ((double*)&b)[l]);
        }
        return a;
    }

    /// <summary>The library's own angle.</summary>
    [MethodImpl(Once)]
    public static V Atan2<T, V>(V y, V x)
        where T : unmanaged where V : unmanaged
    {
        for (var l = 0; l < sizeof(V) / sizeof(T); l++)
        {
            if (typeof(T) == typeof(float))
                ((float*)&y)[l] = MathF.Atan2(((float*)&y)[l], ((float*)&x)[l]);
            else
                ((double*)&y)[l] = Math.Atan2(((double*)&y)[l], ((double*)&x)[l]);
        }
        return y;
    }
}
