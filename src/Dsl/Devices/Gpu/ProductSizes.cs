namespace MageDsl.Devices.Gpu;

/// <summary>The sizes of a product: an item's result is rows × columns, each a sum of so many terms.</summary>
internal readonly record struct ProductSizes(int Batch, int Rows, int Columns, int Terms)
{
    /// <summary>How many sums there are.</summary>
    public int Results => Batch * Rows * Columns;

    /// <summary>As many as device code can count.</summary>
    /// <exception cref="NotSupportedException">There are more.</exception>
    public static ProductSizes Checked(nint batch, nint rows, nint columns, nint terms)
    {
        GpuLauncher.CheckIndices(batch * rows * columns);
        GpuLauncher.CheckIndices(batch * rows * terms);
        GpuLauncher.CheckIndices(batch * columns * terms);
        return new ProductSizes((int)batch, (int)rows, (int)columns, (int)terms);
    }
}
