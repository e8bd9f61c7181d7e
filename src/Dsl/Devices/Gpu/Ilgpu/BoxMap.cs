using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU.Runtime.Cuda;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// What the copy engine has to know of matrices, one for each item, and of the boxes that it takes from them: 64 numbers of some rows.
/// </summary>
/// <param name="Address">Where the first item begins.</param>
/// <param name="Numbers">Numbers of 16 bits that a row has.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Items">Items.</param>
/// <param name="Pitch">From row to row, in chunks of 16 bytes.</param>
/// <param name="ItemPitch">From item to item.</param>
/// <param name="BoxRows">The rows of a box.</param>
internal readonly record struct BoxMap(nint Address, int Numbers, int Rows, int Items, int Pitch, int ItemPitch, int BoxRows)
{
    /// <summary>Chunks of 16 bytes that a map takes in memory, from a multiple of 128 bytes on.</summary>
    public const int Chunks = 8;

    /// <summary>Chunks of a box's row.</summary>
    public const int RowChunks = Boxes.RowBytes / ChunkBytes;

    private const int ChunkBytes = 16, BoxNumbers = Boxes.RowBytes / sizeof(ushort);

    // CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, _SWIZZLE_128B and _L2_PROMOTION_L2_128B.
    private const int Type = 9, Exchanged = 3, Promotion = 2;

    /// <summary>As a device wants it.</summary>
    public unsafe Pair<Quad<Quad<uint>>> Encoded(ILGPU.Runtime.Accelerator accelerator)
    {
        var result = default(Pair<Quad<Quad<uint>>>);
        if (accelerator is CudaAccelerator cuda)
        {
            // The driver wants it at a multiple of 64 bytes.
            var bytes = stackalloc byte[(Chunks * ChunkBytes) + 64];
            var map = (void*)(((nint)bytes + 63) & ~63);
            cuda.Bind();
            Encode(map);
            return Unsafe.Read<Pair<Quad<Quad<uint>>>>(map);
        }
        Unsafe.As<Pair<Quad<Quad<uint>>>, PlainMap>(ref result) = new(this);
        return result;
    }

    private unsafe void Encode(void* map)
    {
        _ = DriverLibraries.TryLoad(DriverLibraries.Cuda, out var driver);
        var encode = (delegate* unmanaged<void*, int, uint, nint, ulong*, ulong*, uint*, uint*, int, int, int, int, CudaError>)
            NativeLibrary.GetExport(driver, "cuTensorMapEncodeTiled");
        var sizes = stackalloc ulong[] { (ulong)Numbers, (ulong)Rows, (ulong)Items };
        var strides = stackalloc ulong[] { (ulong)Pitch * ChunkBytes, (ulong)Math.Max(ItemPitch, Pitch) * ChunkBytes };
        var box = stackalloc uint[] { BoxNumbers, (uint)BoxRows, 1 };
        var every = stackalloc uint[] { 1, 1, 1 };
        CudaException.ThrowIfFailed(encode(map, Type, 3, Address, sizes, strides, box, every, 0, Exchanged, Promotion, 0));
    }
}

/// <summary>The same for what imitates a card, whose memory is that of the process.</summary>
internal readonly unsafe struct PlainMap(BoxMap map)
{
    private readonly nint address = map.Address;
    private readonly int numbers = map.Numbers, rows = map.Rows, items = map.Items, pitch = map.Pitch, itemPitch = map.ItemPitch;

    /// <summary>The rows of a box.</summary>
    public readonly int BoxRows = map.BoxRows;

    /// <summary>What <see cref="Boxes.Copy"/> does to the group's memory.</summary>
    public void Copy(ref Quad<uint> to, int number, int row, int item)
    {
        for (var i = 0; i < BoxRows; i++)
        {
            for (var chunk = 0; chunk < BoxMap.RowChunks; chunk++)
            {
                var (at, own) = ((number / 8) + chunk, row + i);
                var isThere = 8 * at < numbers && own < rows && item < items;
                Unsafe.Add(ref to, (BoxMap.RowChunks * i) + (chunk ^ (i % BoxMap.RowChunks)))
                    = isThere ? ((Quad<uint>*)address)[((long)item * itemPitch) + ((long)own * pitch) + at] : default;
            }
        }
    }
}
