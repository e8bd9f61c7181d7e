namespace MageDsl.Devices.Gpu;

/// <summary>Something that is made once: by whoever comes first, and whoever comes meanwhile waits.</summary>
/// <param name="make">Makes it.</param>
internal sealed class GpuBuild(Func<Delegate> make)
{
    private readonly TaskCompletionSource<Delegate> made = new();
    private int begun;

    /// <summary>Makes it, unless somebody is at it, or was. Errors are for those who want the result.</summary>
    public void Run()
    {
        if (Interlocked.Exchange(ref begun, 1) != 0) return;
        try
        {
            made.SetResult(make());
        }
        catch (Exception e)
        {
            made.SetException(e);
            // Seen: it is thrown where it is waited for, which may be never.
            _ = made.Task.Exception;
        }
    }

    /// <summary>The result, or the error with which it ended.</summary>
    public Delegate Result()
    {
        Run();
        return made.Task.GetAwaiter().GetResult();
    }
}
