using System.ComponentModel;

namespace MageDsl;

/// <summary>The leading dimensions that <c>...</c> stands for, for generated launchers.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class KernelShape
{
    /// <summary>The product of all dimensions but the last few.</summary>
    public static int Leading(Tensor tensor, int trailing)
    {
        var product = 1;
        foreach (var size in tensor.Shape[..^trailing]) product = checked(product * size);
        return product;
    }

    /// <summary>Two tensors have the same leading dimensions.</summary>
    /// <exception cref="KernelArgumentException">They do not.</exception>
    public static void SameLeading(string kernel, string parameter, Tensor first, int firstTrailing, Tensor tensor, int trailing)
    {
        var expected = first.Shape[..^firstTrailing];
        var found = tensor.Shape[..^trailing];
        if (!expected.SequenceEqual(found))
        {
            throw new KernelArgumentException(
                kernel, parameter, $"must have the leading dimensions {Tensor.ShapeText(expected)}, but has {Tensor.ShapeText(found)}");
        }
    }
}
