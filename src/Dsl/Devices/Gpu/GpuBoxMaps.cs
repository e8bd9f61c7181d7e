using ILGPU;
using ILGPU.Runtime;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>
/// The maps that a device has in its memory. Operands lie where they lay in the step before, as a rule, so most are there already; a new one is an
/// argument of a launch that puts it in its place, and nothing waits for it.
/// </summary>
/// <param name="device">The device.</param>
internal sealed class GpuBoxMaps(GpuDevice device)
{
    private const int Count = 4096;

    private readonly Lock gate = new();
    private readonly Dictionary<BoxMap, int> places = [];
    private readonly Lazy<MemoryBuffer1D<Quad<uint>, Stride1D.Dense>> memory
        = new(() => device.Accelerator.Allocate1D<Quad<uint>>(Count * BoxMap.Chunks));

    private int next;

    /// <summary>All of them.</summary>
    public ArrayView<Quad<uint>> All => memory.Value.View;

    /// <summary>Where one is, in chunks.</summary>
    public int Place(BoxMap map)
    {
        lock (gate)
        {
            if (places.TryGetValue(map, out var place)) return place;

            // In turn: those whom the oldest served have been launched.
            if (places.Count == Count) places.Clear();
            place = next * BoxMap.Chunks;
            next = (next + 1) % Count;
            places.Add(map, place);
            device.Launch(new PutBoxMap { To = All, Place = place, Map = map.Encoded(device.Accelerator) }, 1, 1);
            return place;
        }
    }
}

/// <summary>Puts a map in its place.</summary>
internal struct PutBoxMap : IGpuStage<PutBoxMap>
{
    public ArrayView<Quad<uint>> To;
    public int Place;
    public Pair<Quad<Quad<uint>>> Map;

    public static void Run(PutBoxMap put)
    {
        var to = put.To.SubView(put.Place, BoxMap.Chunks);
        Put(to, 0, put.Map.X);
        Put(to, 4, put.Map.Y);
    }

    private static void Put(ArrayView<Quad<uint>> to, int at, Quad<Quad<uint>> map)
    {
        to[at] = map.X;
        to[at + 1] = map.Y;
        to[at + 2] = map.Z;
        to[at + 3] = map.W;
    }
}
