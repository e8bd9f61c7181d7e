using System.Diagnostics;

namespace MageDsl.Devices;

/// <summary>How long the launches of one stage took together.</summary>
/// <param name="Kernel">The kernel that the stage is part of, as <c>Attention.SelfAttention</c>.</param>
/// <param name="Stage">The stage: variant, pass and number, as <c>V1Backward3</c>.</param>
/// <param name="Count">Launches.</param>
/// <param name="Seconds">Time from launch to return.</param>
/// <param name="Operations">Multiplications and additions of matrix products; 0 for other stages.</param>
internal sealed record LaunchTime(string Kernel, string Stage, int Count, double Seconds, double Operations);

/// <summary>
/// While one is open, the time of every launch is added up by stage: where a step spends its time. Launches take microseconds at least, so
/// two readings of a clock do not disturb them; while none is open a launch costs one test. A device that works while the host goes on is waited
/// for before and after each launch, so that the whole takes longer than its launches.
/// </summary>
internal sealed class LaunchProfile : IDisposable
{
    private static LaunchProfile? current;

    private readonly Dictionary<Type, (int Count, long Ticks, double Operations)> sums = [];
    private readonly Lock gate = new();

    /// <summary>Starts to add up.</summary>
    /// <exception cref="InvalidOperationException">Another profile is open: launches belong to one.</exception>
    public LaunchProfile()
    {
        if (Interlocked.CompareExchange(ref current, this, null) is not null)
        {
            throw new InvalidOperationException("a launch profile is open already; dispose of it first");
        }
    }

    /// <summary>Whether one is open.</summary>
    public static bool IsOpen => current is not null;

    /// <summary>The stages launched so far, the longest first.</summary>
    public IReadOnlyList<LaunchTime> Times
    {
        get
        {
            lock (gate)
            {
                return [.. sums.Select(Describe).OrderByDescending(time => time.Seconds)];
            }
        }
    }

    /// <summary>A launch begins; it ends when the result is disposed.</summary>
    /// <typeparam name="TStage">The generated stage.</typeparam>
    /// <param name="operations">Multiplications and additions of a matrix product.</param>
    public static Launch Begin<TStage>(double operations = 0)
        where TStage : struct
        => current is { } profile ? new Launch(profile, typeof(TStage), operations, Stopwatch.GetTimestamp()) : default;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.CompareExchange(ref current, null, this);

    private static LaunchTime Describe(KeyValuePair<Type, (int Count, long Ticks, double Operations)> pair)
    {
        var (type, (count, ticks, operations)) = pair;
        var stage = Generated(type);
        var (name, around) = (stage.Name.Split('`')[0], type.Name.Split('`')[0]);
        if (stage != type) name += $" ({around})";
        return new LaunchTime(KernelOf(stage), name, count, ticks / (double)Stopwatch.Frequency, operations);
    }

    /// <summary>What was generated lies in a kernel's class; on a device it is wrapped in how it is launched.</summary>
    private static Type Generated(Type type)
        => type.DeclaringType is not null || !type.IsGenericType ? type : Generated(type.GetGenericArguments()[0]);

    /// <summary>A stage lies in a class named after the kernel, within the kernel's own class.</summary>
    private static string KernelOf(Type stage)
    {
        var name = "";
        for (var type = stage.DeclaringType; type is not null; type = type.DeclaringType)
        {
            name = name.Length == 0 ? type.Name.Replace("__Kernel", "") : $"{type.Name}.{name}";
        }

        return name;
    }

    private void Add(Type stage, double operations, long ticks)
    {
        lock (gate)
        {
            var (count, before, sum) = sums.GetValueOrDefault(stage);
            sums[stage] = (count + 1, before + ticks, sum + operations);
        }
    }

    /// <summary>One launch that is being timed, or none.</summary>
    public readonly struct Launch(LaunchProfile? profile, Type? stage, double operations, long start) : IDisposable
    {
        /// <summary>The launch has returned.</summary>
        public void Dispose() => profile?.Add(stage!, operations, Stopwatch.GetTimestamp() - start);
    }
}
