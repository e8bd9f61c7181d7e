namespace MageDsl.Devices.Gpu;

/// <summary>Random numbers by counter on a device: <see cref="Philox"/> without tuples, which ILGPU does not know.</summary>
internal static class ScalarRandom
{
    /// <inheritdoc cref="Philox.Word"/>
    public static uint Word(uint position, uint stream, uint key)
    {
        var (first, second) = Philox.Draw(position >> 1, stream, key);
        return (position & 1) == 0 ? first : second;
    }
}
