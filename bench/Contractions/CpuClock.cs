using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Bench.Contractions;

/// <summary>
/// Time of a piece of work: for one thread on Linux the processor time of that thread, which other programs on the machine do not
/// add to; the time on the wall otherwise.
/// </summary>
internal static unsafe partial class CpuClock
{
    private const int ThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID

    public static double Seconds(bool ofThread)
    {
        if (!ofThread || !OperatingSystem.IsLinux())
            return Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
        var time = stackalloc long[2];
        clock_gettime(ThreadCpuTime, time);
        return time[0] + time[1] * 1e-9;
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, long* time);
}
