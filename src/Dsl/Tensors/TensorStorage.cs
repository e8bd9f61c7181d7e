using MageDsl.Devices;

namespace MageDsl;

/// <summary>
/// A pooled block shared by a tensor and its views, counted. The block goes back to the pool exactly once: when the last
/// tensor over it is disposed or, if nobody disposed them, when they have all been collected.
/// </summary>
internal sealed class TensorStorage
{
    private readonly long pressure;
    private int taken;
    private int references = 1;
    private int version;
    private volatile string? changedBy;
    private readonly Lock gate = new();
    private bool seenUnreachable;
    private DeviceMemory words;
    private int wordsVersion;

    /// <summary>Takes a block. <paramref name="scoped"/>: a scope will dispose of it, so the collector need not know its weight.</summary>
    public TensorStorage(Device device, nuint bytes, bool scoped)
    {
        Device = device;
        Memory = device.Allocate(bytes);
        taken = 1;
        if (!scoped && bytes >= 4096)
        {
            GC.AddMemoryPressure(pressure = (long)bytes);
        }
    }

    /// <summary>
    /// A block found unreachable is returned one collection later: a span taken from a temporary tensor does not keep
    /// it alive, and this lets such a span be read to its end.
    /// </summary>
    ~TensorStorage()
    {
        if (!seenUnreachable)
        {
            seenUnreachable = true;
            GC.ReRegisterForFinalize(this);
            return;
        }

        Free();
    }

    /// <summary>Where the block lies.</summary>
    public Device Device { get; }

    /// <summary>The block; not to be used once it is returned.</summary>
    public DeviceMemory Memory { get; }

    /// <summary>Whether there may be a block of <see cref="Words"/> beside it.</summary>
    public bool KeepsWords { get; set; }

    /// <summary>How many tensors that are not disposed share the block.</summary>
    public int References => Volatile.Read(ref references);

    /// <summary>How often the elements were changed. A gradient tape compares it, to know whether what it needs is still there.</summary>
    public int Version => Volatile.Read(ref version);

    /// <summary>The kernel or method that changed them last; null if none did.</summary>
    public string? ChangedBy => changedBy;

    /// <summary>The elements are about to change. Counted before the first of them does, so that no change can be missed.</summary>
    public void Change(string by)
    {
        // The name first: who sees the new number then sees who made it.
        changedBy = by;
        Interlocked.Increment(ref version);
    }

    /// <summary>The elements in another block, in so many bytes, which is made when they have changed since.</summary>
    /// <param name="bytes">The same each time.</param>
    /// <param name="make">Makes the second of the first.</param>
    public DeviceMemory Words(nuint bytes, Action<DeviceMemory, DeviceMemory> make)
    {
        lock (gate)
        {
            var isNew = words.Bytes == 0;
            if (isNew) words = Device.Allocate(bytes);
            if (isNew || wordsVersion != Version)
            {
                wordsVersion = Version;
                make(Memory, words);
            }
            return words;
        }
    }

    /// <summary>The block of <see cref="Words"/>, empty if there is none yet: who changes the elements changes it as well.</summary>
    public DeviceMemory WordsWritten()
    {
        lock (gate)
        {
            wordsVersion = Version;
            return words;
        }
    }

    /// <summary>One more tensor shares the block.</summary>
    public void AddReference() => Interlocked.Increment(ref references);

    /// <summary>One tensor less; the last one returns the block.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref references) == 0)
        {
            Free();
            GC.SuppressFinalize(this);
        }
    }

    private void Free()
    {
        if (Interlocked.Exchange(ref taken, 0) == 0)
        {
            return;
        }

        Device.Free(Memory);
        if (words.Bytes > 0)
        {
            Device.Free(words);
        }

        if (pressure > 0)
        {
            GC.RemoveMemoryPressure(pressure);
        }
    }
}
