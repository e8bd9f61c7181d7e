namespace MageDsl.Tests.Cpu;

/// <summary>Something that computes elementwise, seen through arrays of double, so that a test is written once for all vectors and devices.</summary>
public abstract class ArithmeticProbe
{
    /// <summary>True for float.</summary>
    public abstract bool Single { get; }

    /// <summary>A value rounded to the element type.</summary>
    public double Rounded(double x) => Single ? (float)x : x;

    /// <summary>Applies a named operation of one operand, over any number of values.</summary>
    public abstract double[] Unary(string name, double[] a);

    /// <summary>Applies a named operation of two operands; comparisons give 1 and 0.</summary>
    public abstract double[] Binary(string name, double[] a, double[] b);

    /// <summary>Applies an operation of three operands: Fma, or Select where a &lt; b, of b and c.</summary>
    public abstract double[] Ternary(string name, double[] a, double[] b, double[] c);
}
