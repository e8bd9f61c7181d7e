using System.Runtime.InteropServices;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// What was asked for by things that have nothing to do with each other, and is launched when all of them have asked: first what each asked for
/// first, then what each asked for second, and so on. Of these, launches of one stage in as many groups are made together.
/// </summary>
/// <param name="device">Where.</param>
internal sealed class GpuWaiting(GpuDevice device)
{
    private readonly List<OrderedDictionary<Shape, ILaunches>> turns = [];
    private readonly List<DeviceMemory> used = [];
    private int turn;

    /// <summary>Where they will be launched.</summary>
    public GpuDevice Device => device;

    /// <summary>From now on it is the next thing that asks.</summary>
    public void Next() => turn = 0;

    /// <summary>A launch that waits, as <see cref="GpuDevice.Launch{TStage}(TStage, long, int, int, int, double, int)"/> takes it.</summary>
    public void Add<TStage>(TStage stage, long groups, int x, int y, int sharedBytes, double operations)
        where TStage : struct, IGpuStage<TStage>
    {
        if (turn == turns.Count) turns.Add([]);
        var shape = new Shape(typeof(TStage), groups, x, y, sharedBytes);
        if (!turns[turn].TryGetValue(shape, out var launches)) turns[turn].Add(shape, launches = new Launches<TStage>());
        ((Launches<TStage>)launches).Add(stage, operations);
        turn++;
    }

    /// <summary>Gives memory back once they are launched.</summary>
    public void Free(DeviceMemory memory) => used.Add(memory);

    /// <summary>Launches all of them; after that none waits.</summary>
    public void Launch()
    {
        var all = turns.SelectMany(turn => turn).ToArray();
        foreach (var (_, launches) in all) launches.Begin(device);
        foreach (var (shape, launches) in all) launches.Launch(device, shape);
        foreach (var memory in used) device.Free(memory);
        turns.Clear();
        used.Clear();
        turn = 0;
    }

    /// <summary>What launches that are made together have in common.</summary>
    private readonly record struct Shape(Type Stage, long Groups, int X, int Y, int SharedBytes);

    /// <summary>Launches of one stage.</summary>
    private interface ILaunches
    {
        /// <summary>Begins to compile what will be launched.</summary>
        void Begin(GpuDevice device);

        /// <summary>Launches them.</summary>
        void Launch(GpuDevice device, Shape shape);
    }

    private sealed class Launches<TStage> : ILaunches
        where TStage : struct, IGpuStage<TStage>
    {
        private readonly List<TStage> stages = [];
        private double operations;

        public void Add(TStage stage, double operations)
        {
            stages.Add(stage);
            this.operations += operations;
        }

        public void Begin(GpuDevice device)
        {
            var most = GpuTogether<TStage>.Most;
            if (most > 1 && stages.Count > 1) device.Kernels.Begin(typeof(GpuTogether<TStage>));
            if (most == 1 || stages.Count % most == 1) device.Kernels.Begin(typeof(TStage));
        }

        public void Launch(GpuDevice device, Shape shape)
        {
            var each = operations / stages.Count;
            for (var left = CollectionsMarshal.AsSpan(stages); left.Length > 0;)
            {
                var some = left[..Math.Min(left.Length, GpuTogether<TStage>.Most)];
                left = left[some.Length..];
                if (some.Length == 1)
                {
                    device.Launch(some[0], shape.Groups, shape.X, shape.Y, shape.SharedBytes, each);
                    continue;
                }
                var together = GpuTogether<TStage>.Of(some);
                device.Launch(together, shape.Groups, shape.X, shape.Y, shape.SharedBytes, each * some.Length, some.Length);
            }
        }
    }
}
