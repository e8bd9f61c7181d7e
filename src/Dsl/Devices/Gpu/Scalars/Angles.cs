namespace MageDsl.Devices.Gpu;

/// <summary>The angle of a point, with the special values of <see cref="Math.Atan2"/>, from angles of up to an eighth of a turn.</summary>
internal static class Angles
{
    /// <summary>The angle of (x, y).</summary>
    public static float Of(float y, float x)
    {
        if (float.IsNaN(x) || float.IsNaN(y)) return float.NaN;
        var (width, height) = (MathF.Abs(x), MathF.Abs(y));
        var isSteep = height > width;
        var (least, most) = isSteep ? (width, height) : (height, width);
        var angle = least == most ? most == 0 ? 0 : 0.785398163f : FloatFunctions.Atan(least / most);
        if (isSteep) angle = 1.57079633f - angle;
        if (BitConverter.SingleToInt32Bits(x) < 0) angle = 3.14159265f - angle;
        return BitConverter.SingleToInt32Bits(y) < 0 ? -angle : angle;
    }

    /// <summary>The angle of (x, y).</summary>
    public static double Of(double y, double x)
    {
        if (double.IsNaN(x) || double.IsNaN(y)) return double.NaN;
        var (width, height) = (Math.Abs(x), Math.Abs(y));
        var isSteep = height > width;
        var (least, most) = isSteep ? (width, height) : (height, width);
        var angle = least == most ? most == 0 ? 0 : 0.78539816339744831 : DoubleFunctions.Atan(least / most);
        if (isSteep) angle = 1.5707963267948966 - (angle - 6.123233995736766e-17);
        if (BitConverter.DoubleToInt64Bits(x) < 0) angle = 3.1415926535897931 - (angle - 1.2246467991473532e-16);
        return BitConverter.DoubleToInt64Bits(y) < 0 ? -angle : angle;
    }
}
