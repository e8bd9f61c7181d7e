using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Analysis;

/// <summary>
/// What a primitive costs per element, in arithmetic operations of the vector code for floats; a fused multiply-add is two. Functions
/// count what their approximation spends (<c>SimdMath</c>), not one: a share of the machine's peak would mean nothing otherwise.
/// </summary>
internal static class OperationCost
{
    public static int PerElement(Op op) => op switch
    {
        Op.Input or Op.Scalar or Op.Const or Op.Size or Op.Index or Op.StopGradient => 0,
        // They read elsewhere: loads, no arithmetic.
        Op.View or Op.Stack or Op.Gather => 0,
        Op.Exp => 21,
        Op.Erf => 27,
        Op.Tanh => 23,
        Op.Sigmoid => 24,
        // The framework's vector functions: a polynomial of about this length with its range reduction.
        Op.Log or Op.Sin or Op.Cos => 25,
        // Exp(b * Log(a)).
        Op.Pow => 47,
        // Philox: ten rounds of multiply, shift, two xors and an add on integers, then the conversion.
        Op.Random => 52,
        // A comparison, and the choices of value and of place.
        Op.ArgMax or Op.ArgMin => 3,
        // A comparison beside the subtraction or the product.
        Op.Difference or Op.Gate => 2,
        Op.Rsqrt => 2,
        _ => 1,
    };
}
