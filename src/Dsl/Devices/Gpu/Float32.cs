using System.ComponentModel;

#pragma warning disable CS1591 // the members are documented on IScalar

namespace MageDsl.Devices.Gpu;

/// <summary>Numbers of 32 bits.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Float32 : IScalar<float>
{
    private const float Unit = (float)1 / (1 << 24);

    public static float Create(double value) => (float)value;

    public static float Of(int value) => value;

    public static int ToInt(float value) => (int)MathF.Round(value);

    public static float Add(float a, float b) => a + b;

    public static float Sub(float a, float b) => a - b;

    public static float Difference(float a, float b) => a == b ? 0 : a - b;

    public static float Mul(float a, float b) => a * b;

    public static float Gate(float a, float b) => b == 0 ? 0 : a * b;

    public static float Div(float a, float b) => a / b;

    public static float Fma(float a, float b, float c) => a * b + c;

    public static float Min(float a, float b) => b < a || float.IsNaN(b) ? b : a;

    public static float Max(float a, float b) => b > a || float.IsNaN(b) ? b : a;

    public static float Neg(float a) => -a;

    public static float Abs(float a) => MathF.Abs(a);

    public static float Sqrt(float a) => MathF.Sqrt(a);

    public static float Rsqrt(float a) => 1 / MathF.Sqrt(a);

    public static float Floor(float a) => MathF.Floor(a);

    public static float Exp(float a) => MathF.Exp(a);

    public static float Log(float a) => MathF.Log(a);

    public static float Erf(float a) => MathF.Tanh(a);

    public static float Tanh(float a) => MathF.Tanh(a);

    public static float Sigmoid(float a) => 1 / (1 + Exp(-a));

    public static float Sin(float a) => MathF.Sin(a);

    public static float Cos(float a) => MathF.Cos(a);

    public static float Pow(float a, float b) => MathF.Pow(a, b);

    public static float Atan2(float y, float x) => MathF.Atan2(y, x);

    public static bool Less(float a, float b) => a < b;

    public static bool LessEqual(float a, float b) => a <= b;

    public static bool Equal(float a, float b) => a == b;

    public static bool And(bool a, bool b) => a & b;

    public static bool Or(bool a, bool b) => a | b;

    public static bool Not(bool a) => !a;

    public static float Select(bool condition, float a, float b) => condition ? a : b;

    public static bool Select(bool condition, bool a, bool b) => condition ? a : b;

    public static float Random(uint seed, uint stream, uint index) => (int)(ScalarRandom.Word(index, stream, seed) >> 8) * Unit;
}
