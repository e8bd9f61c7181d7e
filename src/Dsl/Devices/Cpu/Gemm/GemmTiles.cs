// A kernel adds (or writes, if accumulate is false) the product of a packed tile of Left and a packed panel of Right to the tile of C
// at result: k steps of a column of `rows` elements and a row of `columns`. The pointers are to the element type of its tile.
// (nint k, void* left, void* right, void* result, nint stride, bool accumulate, int rows, int columns)
global using unsafe GemmKernel = delegate*<nint, void*, void*, void*, nint, bool, int, int, void>;

namespace MageDsl.Devices.Cpu;

/// <summary>Asks the generator for the float kernels of a register tile.</summary>
[AttributeUsage(AttributeTargets.Struct)]
internal sealed class GemmTileAttribute : Attribute
{
    /// <summary>Rows of the largest tile.</summary>
    public required int Rows { get; init; }

    /// <summary>Vectors across the widest tile.</summary>
    public required int Vectors { get; init; }

    /// <summary>Bits in a vector, 512 or 256.</summary>
    public required int Bits { get; init; }
}

/// <summary>A family of register-tile kernels.</summary>
internal unsafe interface IGemmTile
{
    /// <summary>Rows of the largest tile.</summary>
    static abstract int Rows { get; }

    /// <summary>Vectors across the widest tile.</summary>
    static abstract int Vectors { get; }

    /// <summary>
    /// True: a tile is packed at the height it has and a panel at its width in whole vectors, and there is a kernel for each.
    /// False: tiles and panels are padded to full size, and the kernel cuts at the store.
    /// </summary>
    static abstract bool Exact { get; }

    /// <summary>The kernel for a tile of so many rows and columns.</summary>
    static abstract GemmKernel Kernel(int rows, int columns);
}

/// <summary>14 × 32 floats: 28 of the 32 registers of AVX-512 accumulate.</summary>
[GemmTile(Rows = 14, Vectors = 2, Bits = 512)]
internal readonly partial struct Tile512 : IGemmTile;

/// <summary>6 × 16 floats: 12 of the 16 registers of AVX2 accumulate.</summary>
[GemmTile(Rows = 6, Vectors = 2, Bits = 256)]
internal readonly partial struct Tile256 : IGemmTile;
