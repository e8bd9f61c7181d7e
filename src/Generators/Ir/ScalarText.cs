using System;
using System.Globalization;

namespace MageDsl.Generators.Ir;

/// <summary>Constants of C#'s scalar types, as literals of C#.</summary>
internal static class ScalarText
{
    /// <summary>Whether it is the type of a C# scalar, rather than of values of the language.</summary>
    public static bool IsScalar(this ValueType type) => type > ValueType.Bool;

    /// <summary>Whether it is a C# type of whole numbers.</summary>
    public static bool IsWhole(this ValueType type) => type is >= ValueType.SByte and <= ValueType.ULong;

    /// <summary>The type's keyword.</summary>
    public static string Keyword(ValueType type) => type == ValueType.Flag ? "bool" : IrText.Word(type);

    public static ValueType TypeOf(object value) => value switch
    {
        bool => ValueType.Flag,
        sbyte => ValueType.SByte,
        byte => ValueType.Byte,
        short => ValueType.Short,
        ushort => ValueType.UShort,
        int => ValueType.Int,
        uint => ValueType.UInt,
        long => ValueType.Long,
        ulong => ValueType.ULong,
        float => ValueType.Float,
        double => ValueType.Double,
        _ => throw new ArgumentException($"{value.GetType()} is not the type of a scalar"),
    };

    /// <summary>The literal of a value; of the types shorter than int, that of the int.</summary>
    public static string Literal(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        float single when float.IsNaN(single) || float.IsInfinity(single) => "float." + Special(single),
        float single => single.ToString("R", CultureInfo.InvariantCulture) + "F",
        double real when double.IsNaN(real) || double.IsInfinity(real) => "double." + Special(real),
        double real => real.ToString("R", CultureInfo.InvariantCulture) + "D",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) + (value switch { uint => "U", long => "L", ulong => "UL", _ => "" }),
    };

    /// <summary>The value of a constant scalar.</summary>
    public static object Value(Node constant)
    {
        var text = constant.Name;
        switch (constant.Type)
        {
            case ValueType.Flag: return text == "true";
            case ValueType.Float:
                return text[0] == 'f' ? (float)Special(text) : float.Parse(text.TrimEnd('F'), NumberStyles.Float, CultureInfo.InvariantCulture);
            case ValueType.Double:
                return text[0] == 'd' ? Special(text) : double.Parse(text.TrimEnd('D'), NumberStyles.Float, CultureInfo.InvariantCulture);
        }
        var whole = decimal.Parse(text.TrimEnd('U', 'L'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return constant.Type switch
        {
            ValueType.SByte => (sbyte)whole,
            ValueType.Byte => (byte)whole,
            ValueType.Short => (short)whole,
            ValueType.UShort => (ushort)whole,
            ValueType.Int => (int)whole,
            ValueType.UInt => (uint)whole,
            ValueType.Long => (long)whole,
            ValueType.ULong => (ulong)whole,
            _ => throw new FormatException($"{text} is no constant of type {constant.Type}"),
        };
    }

    private static string Special(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "PositiveInfinity" : "NegativeInfinity";

    private static double Special(string text) =>
        text.EndsWith("NaN", StringComparison.Ordinal) ? double.NaN
            : text.EndsWith("PositiveInfinity", StringComparison.Ordinal) ? double.PositiveInfinity
            : double.NegativeInfinity;
}
