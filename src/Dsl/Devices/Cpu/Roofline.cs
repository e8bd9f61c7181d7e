using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MageDsl.Devices.Cpu;

/// <summary>
/// What this machine can do at most with all threads of the worker pool: move memory, and multiply and add float32. Work of some bytes and
/// operations cannot take less time than the slower of the two.
/// </summary>
/// <param name="BytesPerSecond">Bytes read plus bytes written, while copying more than the caches hold.</param>
/// <param name="OperationsPerSecond">Operations of fused multiply-adds on registers; each is two.</param>
public sealed unsafe record Roofline(double BytesPerSecond, double OperationsPerSecond)
{
    private const int CopyBytes = 96 << 20;
    private const int Rounds = 1 << 18;
    private const int Chains = 12;
    private const double Seconds = 0.2;

    /// <summary>Operations per byte at which memory and arithmetic take equally long.</summary>
    public double Balance => OperationsPerSecond / BytesPerSecond;

    /// <summary>Measures for less than a second. What else runs on the machine at the time makes the figures smaller.</summary>
    public static Roofline Measure() => new(Copies(), MultiplyAdds());

    /// <summary>The least time that work can take, in seconds.</summary>
    public double Floor(long bytes, long operations) => Math.Max(bytes / BytesPerSecond, operations / OperationsPerSecond);

    private static double Copies()
    {
        var (cpu, bytes) = (CpuDevice.Shared, (nuint)CopyBytes);
        var (source, target) = (cpu.Allocate(bytes), cpu.Allocate(bytes));
        try
        {
            // Pages that were never written may all be one.
            cpu.Fill(source, ElementType.Float32, 0);
            cpu.Fill(target, ElementType.Float32, 0);
            var ends = stackalloc byte*[] { (byte*)source.Address, (byte*)target.Address };
            return 2.0 * CopyBytes / Time(WorkerPool.Shared.Threads, &Copy, ends);
        }
        finally
        {
            cpu.Free(source);
            cpu.Free(target);
        }

        static void Copy(void* context, int task, int worker)
        {
            var ends = (byte**)context;
            var tasks = (long)WorkerPool.Shared.Threads;
            var (from, to) = (CopyBytes * task / tasks, CopyBytes * (task + 1) / tasks);
            Buffer.MemoryCopy(ends[0] + from, ends[1] + from, to - from, to - from);
        }
    }

    private static double MultiplyAdds()
    {
        var tasks = WorkerPool.Shared.Threads;
        var sink = stackalloc float[1];
        var lanes = Simd.Width / 32;
        var time = Simd.Width switch { 512 => Time(tasks, &Wide, sink), 256 => Time(tasks, &Half, sink), _ => Time(tasks, &Narrow, sink) };
        return 2.0 * Chains * lanes * Rounds * tasks / time;

        static void Wide(void* context, int task, int worker) => Spin<Simd512<float>, Vector512<float>>((float*)context);
        static void Half(void* context, int task, int worker) => Spin<Simd256<float>, Vector256<float>>((float*)context);
        static void Narrow(void* context, int task, int worker) => Spin<Simd128<float>, Vector128<float>>((float*)context);
    }

    /// <summary>Enough independent sums that none waits for the one before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Spin<S, V>(float* sink)
        where S : struct, ISimd<float, V> where V : unmanaged
    {
        V factor = S.Create(0.999), a = S.Create(0.1), b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a;
        for (var round = 0; round < Rounds; round++)
        {
            a = S.Fma(a, factor, factor);
            b = S.Fma(b, factor, factor);
            c = S.Fma(c, factor, factor);
            d = S.Fma(d, factor, factor);
            e = S.Fma(e, factor, factor);
            f = S.Fma(f, factor, factor);
            g = S.Fma(g, factor, factor);
            h = S.Fma(h, factor, factor);
            i = S.Fma(i, factor, factor);
            j = S.Fma(j, factor, factor);
            k = S.Fma(k, factor, factor);
            l = S.Fma(l, factor, factor);
        }
        var sum = S.Add(S.Add(S.Add(a, b), S.Add(c, d)), S.Add(S.Add(S.Add(e, f), S.Add(g, h)), S.Add(S.Add(i, j), S.Add(k, l))));
        *sink = S.Sum(sum);
    }

    /// <summary>The median of the runs that fit into the time.</summary>
    private static double Time(int tasks, delegate*<void*, int, int, void> body, void* context)
    {
        var pool = WorkerPool.Shared;
        pool.Run(tasks, body, context);
        var times = new List<double>();
        for (var start = Stopwatch.GetTimestamp(); times.Count == 0 || Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds;)
        {
            var before = Stopwatch.GetTimestamp();
            pool.Run(tasks, body, context);
            times.Add(Stopwatch.GetElapsedTime(before).TotalSeconds);
        }
        times.Sort();
        return times[times.Count / 2];
    }
}
