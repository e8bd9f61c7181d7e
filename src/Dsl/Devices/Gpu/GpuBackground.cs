namespace MageDsl.Devices.Gpu;

/// <summary>Work that nobody waits for yet, on as many threads as there are processors, up to eight.</summary>
internal static class GpuBackground
{
    private static readonly ConcurrentExclusiveSchedulerPair Threads = new(TaskScheduler.Default, Math.Min(Environment.ProcessorCount, 8));
    private static volatile bool isEnding;

    // Where a driver is in the middle of compiling, the end of the process would pull its memory from under it.
    static GpuBackground() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => End();

    /// <summary>Does it when a thread is free; never, if the process ends before.</summary>
    public static void Add(Action work) => Start(() => { if (!isEnding) work(); }, Threads.ConcurrentScheduler);

    /// <summary>Begins with nothing more, and waits for what runs.</summary>
    private static void End()
    {
        isEnding = true;
        Start(() => { }, Threads.ExclusiveScheduler).Wait(TimeSpan.FromSeconds(10));
    }

    private static Task Start(Action work, TaskScheduler where)
        => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, where);
}
