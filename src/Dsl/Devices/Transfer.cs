namespace MageDsl.Devices;

/// <summary>Copies between devices. They go by the host, in pieces where neither side is its memory.</summary>
internal static unsafe class Transfer
{
    private const nuint Piece = 16 << 20;

    /// <summary>Copies a block into one of the same length.</summary>
    public static void Copy(Device from, DeviceMemory source, Device to, DeviceMemory destination)
    {
        if (from == to)
        {
            from.Copy(source, destination);
        }
        else if (from.IsHost)
        {
            from.Synchronize();
            to.Write((void*)source.Address, destination);
        }
        else if (to.IsHost)
        {
            to.Synchronize();
            from.Read(source, (void*)destination.Address);
        }
        else
        {
            InPieces(from, source, to, destination);
        }
    }

    private static void InPieces(Device from, DeviceMemory source, Device to, DeviceMemory destination)
    {
        fixed (byte* buffer = new byte[Math.Min(source.Bytes, Piece)])
        {
            for (nuint start = 0; start < source.Bytes; start += Piece)
            {
                var bytes = Math.Min(Piece, source.Bytes - start);
                from.Read(source.Slice(start, bytes), buffer);
                to.Write(buffer, destination.Slice(start, bytes));
            }
        }
    }
}
