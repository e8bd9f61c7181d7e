using System.Runtime.InteropServices;
using MageDsl;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Mage.Checkpoints.Stored;

/// <summary>What the elements of a tensor are in a file.</summary>
internal enum StoredType
{
    /// <summary>32-bit floating point.</summary>
    F32,

    /// <summary>64-bit floating point.</summary>
    F64,

    /// <summary>16-bit floating point, IEEE 754's binary16.</summary>
    F16,

    /// <summary>16-bit floating point, the upper half of a float.</summary>
    BF16,

    /// <summary>64-bit integers.</summary>
    I64,

    /// <summary>32-bit integers.</summary>
    I32,

    /// <summary>Bytes.</summary>
    U8,

    /// <summary>Bytes of 0 and 1.</summary>
    BOOL,
}

/// <summary>Names, sizes and values of <see cref="StoredType"/>.</summary>
internal static class StoredTypes
{
    /// <summary>The type that a safetensors file calls so; its header has been checked.</summary>
    public static StoredType OfSafetensors(string name) => Enum.Parse<StoredType>(name);

    /// <summary>The type of a storage class of PyTorch.</summary>
    public static StoredType OfTorch(string storage) => storage switch
    {
        "torch.FloatStorage" => StoredType.F32,
        "torch.DoubleStorage" => StoredType.F64,
        "torch.HalfStorage" => StoredType.F16,
        "torch.BFloat16Storage" => StoredType.BF16,
        "torch.LongStorage" => StoredType.I64,
        "torch.IntStorage" => StoredType.I32,
        "torch.ByteStorage" => StoredType.U8,
        "torch.BoolStorage" => StoredType.BOOL,
        _ => throw new ArgumentOutOfRangeException(nameof(storage), storage, "no storage class"),
    };

    /// <summary>Bytes of an element.</summary>
    public static int Bytes(this StoredType type) => type switch
    {
        StoredType.F64 or StoredType.I64 => 8,
        StoredType.F32 or StoredType.I32 => 4,
        StoredType.F16 or StoredType.BF16 => 2,
        _ => 1,
    };

    /// <summary>What the elements become in memory.</summary>
    public static ElementType InMemory(this StoredType type) => type switch
    {
        StoredType.F64 => ElementType.Float64,
        StoredType.F32 or StoredType.F16 or StoredType.BF16 => ElementType.Float32,
        _ => ElementType.Int32,
    };

    /// <summary>Whether the elements lie in the file as they do in memory.</summary>
    public static bool IsPlain(this StoredType type) => type is StoredType.F32 or StoredType.F64 or StoredType.I32;

    /// <summary>The numbers that bytes stand for; all are exact but integers beyond 2^53.</summary>
    public static void Decode(this StoredType type, ReadOnlySpan<byte> bytes, Span<double> values)
    {
        switch (type)
        {
            case StoredType.F64: MemoryMarshal.Cast<byte, double>(bytes).CopyTo(values); break;
            case StoredType.F32: TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, float>(bytes), values); break;
            case StoredType.F16: Widen(bytes, values, ShortFloats.FromHalf); break;
            case StoredType.BF16: Widen(bytes, values, ShortFloats.FromBrain); break;
            case StoredType.I64: TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, long>(bytes), values); break;
            case StoredType.I32: TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, int>(bytes), values); break;
            default: TensorPrimitives.ConvertTruncating(bytes, values); break;
        }
    }

    private static void Widen(ReadOnlySpan<byte> bytes, Span<double> values, ShortFloats.Widening widen)
    {
        var wide = new float[bytes.Length / sizeof(ushort)];
        widen(MemoryMarshal.Cast<byte, ushort>(bytes), wide);
        TensorPrimitives.ConvertTruncating<float, double>(wide, values);
    }
}
