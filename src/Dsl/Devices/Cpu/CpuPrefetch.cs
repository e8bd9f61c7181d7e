using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MageDsl.Devices.Cpu;

/// <summary>Asks for memory before it is read, while a loop works on something else.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class CpuPrefetch
{
    /// <summary>From this size of a loop's space on its arguments are not in the caches of a core anyway.</summary>
    public const long FarBytes = 4L << 20;

    /// <summary>The longest row that may be brought in while the one before it is worked on.</summary>
    public const long MostRowBytes = 128 << 10;

    /// <summary>Asks for the cache line at an address; one that means nothing does no harm. Nothing where the processor cannot be asked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line(void* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }
}
