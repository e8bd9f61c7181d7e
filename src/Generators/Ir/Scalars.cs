using System;
using System.Linq;

namespace MageDsl.Generators.Ir;

/// <summary>
/// Builds C# scalars in a graph. What comes out alike on every machine is computed here if it is constant; the functions of Math, and
/// conversions out of a type's range, are left to the launch.
/// </summary>
internal static class Scalars
{
    /// <summary>The flag, if it is known.</summary>
    public static bool? Known(this Graph graph, int id) => graph[id] switch
    {
        { Op: Op.Const, Type: ValueType.Flag } flag => (bool)ScalarText.Value(flag),
        { Op: Op.Const, Type: ValueType.Bool } condition => condition.Number != 0,
        _ => null,
    };

    /// <param name="graph">The graph.</param>
    /// <param name="op">What C# does with the arguments, which are scalars.</param>
    /// <param name="type">The C# type of what comes out.</param>
    /// <param name="detail">The name of the node: "checked", a method, or nothing.</param>
    /// <param name="args">The operands, of the types that C# has converted them to.</param>
    public static int Scalar(this Graph graph, Op op, ValueType type, string detail, params int[] args)
    {
        switch (op)
        {
            case Op.Convert when graph[args[0]].Type == type: return args[0];
            case Op.Select when graph.Known(args[0]) is { } taken: return args[taken ? 1 : 2];
            case Op.Select when args[1] == args[2]: return args[1];
            case Op.And when type == ValueType.Flag && graph.Known(args[0]) is { } left: return left ? args[1] : args[0];
            case Op.And when type == ValueType.Flag && graph.Known(args[1]) is { } right: return right ? args[0] : args[1];
            case Op.Or when type == ValueType.Flag && graph.Known(args[0]) is { } left: return left ? args[0] : args[1];
            case Op.Or when type == ValueType.Flag && graph.Known(args[1]) is { } right: return right ? args[1] : args[0];
        }
        if (args.All(a => graph[a].Op == Op.Const) && Fold(op, type, detail, args.Select(a => ScalarText.Value(graph[a])).ToArray()) is { } value)
        {
            return graph.Literal(value);
        }
        return graph.Intern(new Node(op, type, default, args.ToEquatable(), detail));
    }

    private static object? Fold(Op op, ValueType type, string detail, object[] args) => (args[0], args.Length > 1 ? args[1] : null) switch
    {
        (var a, _) when op == Op.Convert => Converted(a, type),
        (int a, _) when detail.Length == 0 => Whole(op, a, args.Length > 1 ? (int)args[1] : 0),
        (float a, null) => op == Op.Neg ? -a : null,
        (double a, null) => op == Op.Neg ? -a : null,
        (bool a, null) => op == Op.Not ? !a : null,
        (float a, float b) => op switch
        {
            Op.Add => (float)(a + b),
            Op.Sub => (float)(a - b),
            Op.Mul => (float)(a * b),
            Op.Div => (float)(a / b),
            _ => Compared(op, a, b),
        },
        (double a, double b) => op switch
        {
            Op.Add => a + b,
            Op.Sub => a - b,
            Op.Mul => a * b,
            Op.Div => a / b,
            _ => Compared(op, a, b),
        },
        (bool a, bool b) => op switch
        {
            Op.Xor => a != b,
            Op.Equal => a == b,
            _ => null,
        },
        _ => null,
    };

    private static object? Whole(Op op, int a, int b) => unchecked(op switch
    {
        Op.Neg => -a,
        Op.Complement => ~a,
        Op.Add => a + b,
        Op.Sub => a - b,
        Op.Mul => a * b,
        Op.And => a & b,
        Op.Or => a | b,
        Op.Xor => a ^ b,
        Op.ShiftLeft => a << b,
        Op.ShiftRight => a >> b,
        Op.Less or Op.LessEqual or Op.Equal => Compared(op, a, b),
        _ => null,
    });

    private static object? Compared(Op op, double a, double b) => op switch
    {
        Op.Less => a < b,
        Op.LessEqual => a <= b,
        Op.Equal => a == b,
        _ => null,
    };

    private static object? Converted(object value, ValueType type) => (value, type) switch
    {
        (int whole, ValueType.Float) => (float)whole,
        (int whole, ValueType.Double) => (double)whole,
        (float single, ValueType.Double) => (double)single,
        (double real, ValueType.Float) => (float)real,
        (float single, ValueType.Int) when Math.Abs((double)single) < int.MaxValue => (int)single,
        (double real, ValueType.Int) when Math.Abs(real) < int.MaxValue => (int)real,
        _ => null,
    };
}
