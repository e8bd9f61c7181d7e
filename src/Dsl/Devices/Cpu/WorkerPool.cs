using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace MageDsl.Devices.Cpu;

/// <summary>
/// Persistent background threads that share out numbered tasks through one counter; the calling thread takes part.
/// Workers spin for a moment when there is nothing to do, then block.
/// </summary>
public sealed unsafe class WorkerPool
{
    private const int Spins = 2000;
    private const long Open = 1L << 31;
    private const long ActiveMask = Open - 1;

    private static WorkerPool? shared;

    private readonly Lock gate = new();
    private readonly object sleep = new();
    private int sleepers;

    // Generation in the upper half, then whether workers may still join, then how many are at it. A worker that joins does so
    // by compare-and-swap on the whole, so the fields below are those of the job it joined until it leaves.
    private long state;
    private delegate*<void*, int, int, void> body;
    private void* context;
    private int tasks;
    private int next;
    private ExceptionDispatchInfo? failure;

    internal WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        for (var worker = 1; worker < threads; worker++)
        {
            var id = worker;
            new Thread(() => Work(id)) { IsBackground = true, Name = $"MageDsl worker {id}" }.Start();
        }
    }

    /// <summary>The pool of the process: as many threads as processors, or as MAGEDSL_THREADS says.</summary>
    /// <exception cref="InvalidOperationException">MAGEDSL_THREADS is not a positive number.</exception>
    public static WorkerPool Shared
    {
        get => shared ?? Create();
        internal set => shared = value;
    }

    /// <summary>Threads, with the caller's; worker numbers are below it.</summary>
    public int Threads { get; }

    /// <summary>
    /// Scratch memory of the calling worker: at least <paramref name="bytes"/> bytes, 64-byte aligned, content undefined. It grows and
    /// is reused: a second call from the same task gives the same memory.
    /// </summary>
    /// <param name="worker">The worker number that the task was given.</param>
    /// <param name="bytes">Bytes wanted.</param>
    public static byte* Scratch(int worker, nuint bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(worker);
        return WorkerScratch.Current.Rent(ScratchSlot.Kernel, bytes);
    }

    /// <summary>
    /// Calls <c>body(context, task, worker)</c> once for each task in [0, tasks) and returns when all are done. Runs on the calling
    /// thread alone, as worker 0, when there is one task, when called from within a task, or when another thread is using the pool.
    /// An exception in a task keeps further tasks from starting and is thrown here.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int tasks, delegate*<void*, int, int, void> body, void* context)
    {
        if (tasks <= 0)
            return;
        var scratch = WorkerScratch.Current;
        if (tasks == 1 || Threads == 1 || scratch.Depth > 0 || !gate.TryEnter())
        {
            RunAlone(scratch, tasks, body, context);
            return;
        }
        try
        {
            Publish(tasks, body, context);
            scratch.Depth++;
            Take(0);
            scratch.Depth--;
            Close();
            if (failure is { } thrown)
            {
                failure = null;
                thrown.Throw();
            }
        }
        finally
        {
            gate.Exit();
        }
    }

    private static WorkerPool Create()
    {
        var setting = Environment.GetEnvironmentVariable("MAGEDSL_THREADS");
        var threads = Environment.ProcessorCount;
        if (!string.IsNullOrWhiteSpace(setting) && (!int.TryParse(setting, out threads) || threads < 1))
            throw new InvalidOperationException($"MAGEDSL_THREADS is '{setting}'; it must be a positive number, or not set.");
        var created = new WorkerPool(threads);
        return Interlocked.CompareExchange(ref shared, created, null) ?? created;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunAlone(WorkerScratch scratch, int tasks, delegate*<void*, int, int, void> body, void* context)
    {
        scratch.Depth++;
        try
        {
            for (var task = 0; task < tasks; task++)
                body(context, task, 0);
        }
        finally
        {
            scratch.Depth--;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Publish(int tasks, delegate*<void*, int, int, void> body, void* context)
    {
        this.tasks = tasks;
        this.body = body;
        this.context = context;
        next = 0;
        var generation = (int)(state >> 32) + 1;
        Interlocked.Exchange(ref state, ((long)generation << 32) | Open);
        // A full fence lies between this and the worker's own pair (count itself as asleep, look at the state once more).
        if (Volatile.Read(ref sleepers) == 0)
            return;
        lock (sleep)
        {
            for (var wake = Math.Min(tasks - 1, sleepers); wake > 0; wake--)
                Monitor.Pulse(sleep);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Close()
    {
        Interlocked.And(ref state, ~Open);
        for (var spins = 0; (Volatile.Read(ref state) & ActiveMask) != 0; spins++)
        {
            if (spins < Spins)
                Thread.SpinWait(1);
            else
                Thread.Yield();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Take(int worker)
    {
        try
        {
            for (int task; (task = Interlocked.Increment(ref next) - 1) < tasks;)
                body(context, task, worker);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
            // Halfway to overflow: no task is left, and late increments do not wrap.
            Volatile.Write(ref next, int.MaxValue / 2);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Work(int worker)
    {
        WorkerScratch.Current.Depth = 1;
        var seen = 0;
        while (true)
        {
            var now = Await(seen);
            seen = (int)(now >> 32);
            while ((now & Open) != 0 && (int)(now >> 32) == seen)
            {
                var joined = Interlocked.CompareExchange(ref state, now + 1, now);
                if (joined == now)
                {
                    Take(worker);
                    Interlocked.Decrement(ref state);
                    break;
                }
                now = joined;
            }
        }
    }

    /// <summary>Waits for a generation other than the one seen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private long Await(int seen)
    {
        for (var spins = 0; spins < Spins; spins++)
        {
            var now = Volatile.Read(ref state);
            if ((int)(now >> 32) != seen)
                return now;
            Thread.SpinWait(1);
        }
        lock (sleep)
        {
            Interlocked.Increment(ref sleepers);
            long now;
            while ((int)((now = Volatile.Read(ref state)) >> 32) == seen)
                Monitor.Wait(sleep);
            Interlocked.Decrement(ref sleepers);
            return now;
        }
    }
}
