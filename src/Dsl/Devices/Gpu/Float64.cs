using System.ComponentModel;

#pragma warning disable CS1591 // the members are documented on IScalar

namespace MageDsl.Devices.Gpu;

/// <summary>Numbers of 64 bits.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Float64 : IScalar<double>
{
    private const double Unit = (double)1 / (1 << 24);

    public static double Create(double value) => (double)value;

    public static double Of(int value) => value;

    public static int ToInt(double value) => (int)Math.Round(value);

    public static double Add(double a, double b) => a + b;

    public static double Sub(double a, double b) => a - b;

    public static double Difference(double a, double b) => a == b ? 0 : a - b;

    public static double Mul(double a, double b) => a * b;

    public static double Gate(double a, double b) => b == 0 ? 0 : a * b;

    public static double Div(double a, double b) => a / b;

    public static double Fma(double a, double b, double c) => a * b + c;

    public static double Min(double a, double b) => b < a || double.IsNaN(b) ? b : a;

    public static double Max(double a, double b) => b > a || double.IsNaN(b) ? b : a;

    public static double Neg(double a) => -a;

    public static double Abs(double a) => Math.Abs(a);

    public static double Sqrt(double a) => Math.Sqrt(a);

    public static double Rsqrt(double a) => 1 / Math.Sqrt(a);

    public static double Floor(double a) => Math.Floor(a);

    public static double Exp(double a) => Math.Exp(a);

    public static double Log(double a) => Math.Log(a);

    public static double Erf(double a) => Math.Tanh(a);

    public static double Tanh(double a) => Math.Tanh(a);

    public static double Sigmoid(double a) => 1 / (1 + Exp(-a));

    public static double Sin(double a) => Math.Sin(a);

    public static double Cos(double a) => Math.Cos(a);

    public static double Pow(double a, double b) => Math.Pow(a, b);

    public static double Atan2(double y, double x) => Math.Atan2(y, x);

    public static bool Less(double a, double b) => a < b;

    public static bool LessEqual(double a, double b) => a <= b;

    public static bool Equal(double a, double b) => a == b;

    public static bool And(bool a, bool b) => a & b;

    public static bool Or(bool a, bool b) => a | b;

    public static bool Not(bool a) => !a;

    public static double Select(bool condition, double a, double b) => condition ? a : b;

    public static bool Select(bool condition, bool a, bool b) => condition ? a : b;

    public static double Random(uint seed, uint stream, uint index) => (int)(ScalarRandom.Word(index, stream, seed) >> 8) * Unit;
}
