using System;
using System.Linq;
using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Ir;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MageDsl.Generators.Parsing;

// C#'s own scalars: what they are computed from, with the types and conversions that the C# compiler has found, so that the launch
// computes what the definition does.
internal sealed partial class BodyReader
{
    private int Constant(IOperation operation, object value)
    {
        if (operation.DescendantsAndSelf().FirstOrDefault(o =>
                o is IBinaryOperation { OperatorKind: BinaryOperatorKind.Divide } division
                && ScalarType(division.LeftOperand.Type)?.IsWhole() == true) is { } whole)
        {
            throw Rounds(whole);
        }

        return ScalarType(operation.Type) is null
            ? throw Unsupported(operation, $"a value of type {operation.Type?.ToDisplayString()}")
            : Graph.Literal(value);
    }

    /// <summary>The type of a C# scalar, or null of anything else.</summary>
    private static ValueType? ScalarType(ITypeSymbol? type) => type?.SpecialType switch
    {
        SpecialType.System_Boolean => ValueType.Flag,
        SpecialType.System_SByte => ValueType.SByte,
        SpecialType.System_Byte => ValueType.Byte,
        SpecialType.System_Int16 => ValueType.Short,
        SpecialType.System_UInt16 => ValueType.UShort,
        SpecialType.System_Int32 => ValueType.Int,
        SpecialType.System_UInt32 => ValueType.UInt,
        SpecialType.System_Int64 => ValueType.Long,
        SpecialType.System_UInt64 => ValueType.ULong,
        SpecialType.System_Single => ValueType.Float,
        SpecialType.System_Double => ValueType.Double,
        _ => null,
    };

    /// <summary>A value as one of a C# type: a scalar as another, or as an Expr; tuples element by element.</summary>
    private Value Convert(Value value, ITypeSymbol? type, IOperation at, bool isChecked)
    {
        if (value is TupleValue tuple && type is INamedTypeSymbol { IsTupleType: true } to && to.TupleElements.Length == tuple.Items.Count)
            return new TupleValue(tuple.Items.Select((item, i) => Convert(item, to.TupleElements[i].Type, at, isChecked)).ToArray());
        if (value is not NodeValue { Id: var id } || !Graph[id].Type.IsScalar()) return value;
        if (Symbols.IsExpr(type)) return new NodeValue(Graph.Lift(Converted(id, Widened(Graph[id].Type), isChecked)));
        return new NodeValue(Converted(id, ScalarType(type) ?? throw Unsupported(at, $"a value of type {type?.ToDisplayString()}"), isChecked));
    }

    private int Converted(int id, ValueType type, bool isChecked) =>
        Graph[id].Type == type ? id : context.Scalar(Op.Convert, type, isChecked && type.IsWhole() ? "checked" : "", id);

    /// <summary>The type from which C# converts to Expr.</summary>
    private static ValueType Widened(ValueType type) => type switch
    {
        ValueType.SByte or ValueType.Byte or ValueType.Short or ValueType.UShort => ValueType.Int,
        ValueType.UInt or ValueType.Long or ValueType.ULong => ValueType.Float,
        _ => type,
    };

    /// <summary>The right operand of &amp;&amp; and || counts only where the left one does not decide.</summary>
    private int Conditional(IBinaryOperation binary)
    {
        var isAnd = binary.OperatorKind == BinaryOperatorKind.ConditionalAnd;
        var left = Node(binary.LeftOperand);
        if (Graph.Known(left) is { } known) return known == isAnd ? Node(binary.RightOperand) : left;
        NoAssignment(binary.RightOperand);
        return Graph.Scalar(isAnd ? Op.And : Op.Or, ValueType.Flag, "", left, Where(left, isAnd, () => Node(binary.RightOperand)));
    }

    /// <summary>An operator of C# on operands of the types that it takes.</summary>
    private int Scalar(BinaryOperatorKind kind, int left, int right, bool isChecked, IOperation at)
    {
        if (!Graph[left].Type.IsScalar() || !Graph[right].Type.IsScalar()) throw Unsupported(at, "a comparison of references");
        var type = Graph[left].Type;
        var detail = isChecked && type.IsWhole() ? "checked" : "";
        int Arithmetic(Op op) => context.Scalar(op, type, detail, left, right);
        int Bits(Op op) => Graph.Scalar(op, type, "", left, right);
        int Comparison(Op op, int a, int b) => Graph.Scalar(op, ValueType.Flag, "", a, b);
        switch (kind)
        {
            case BinaryOperatorKind.Add: return Arithmetic(Op.Add);
            case BinaryOperatorKind.Subtract: return Arithmetic(Op.Sub);
            case BinaryOperatorKind.Multiply: return Arithmetic(Op.Mul);
            case BinaryOperatorKind.Divide when type.IsWhole(): throw Rounds(at);
            case BinaryOperatorKind.Divide: return Arithmetic(Op.Div);
            case BinaryOperatorKind.Remainder: return Arithmetic(Op.Rem);
            case BinaryOperatorKind.And: return Bits(Op.And);
            case BinaryOperatorKind.Or: return Bits(Op.Or);
            case BinaryOperatorKind.ExclusiveOr: return Bits(Op.Xor);
            case BinaryOperatorKind.LeftShift: return Bits(Op.ShiftLeft);
            case BinaryOperatorKind.RightShift: return Bits(Op.ShiftRight);
            case BinaryOperatorKind.UnsignedRightShift: return Bits(Op.ShiftRightUnsigned);
            case BinaryOperatorKind.LessThan: return Comparison(Op.Less, left, right);
            case BinaryOperatorKind.LessThanOrEqual: return Comparison(Op.LessEqual, left, right);
            case BinaryOperatorKind.GreaterThan: return Comparison(Op.Less, right, left);
            case BinaryOperatorKind.GreaterThanOrEqual: return Comparison(Op.LessEqual, right, left);
            case BinaryOperatorKind.Equals: return Comparison(Op.Equal, left, right);
            case BinaryOperatorKind.NotEquals: return Graph.Scalar(Op.Not, ValueType.Flag, "", Comparison(Op.Equal, left, right));
            default: throw Unsupported(at, $"the operator {kind}");
        }
    }

    private int Scalar(IUnaryOperation unary, int operand)
    {
        var type = Graph[operand].Type;
        return unary.OperatorKind switch
        {
            UnaryOperatorKind.Plus => operand,
            UnaryOperatorKind.Minus => context.Scalar(Op.Neg, type, unary.IsChecked && type.IsWhole() ? "checked" : "", operand),
            UnaryOperatorKind.Not when type == ValueType.Flag => Graph.Scalar(Op.Not, type, "", operand),
            UnaryOperatorKind.BitwiseNegation => Graph.Scalar(Op.Complement, type, "", operand),
            _ => throw Unsupported(unary, $"the operator {unary.OperatorKind}"),
        };
    }

    /// <summary>The new value of a compound assignment, as it comes from the operator: of its type, not the variable's.</summary>
    private Value CombinedScalar(ICompoundAssignmentOperation compound)
    {
        var (target, value) = (Node(compound.Target), Node(compound.Value));
        var isShift = compound.OperatorKind is BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift;
        var type = Promoted(Graph[target].Type, isShift ? ValueType.Int : Graph[value].Type, isShift);
        var combined = Scalar(
            compound.OperatorKind, Converted(target, type, false), isShift ? value : Converted(value, type, false), compound.IsChecked, compound);
        return Convert(new NodeValue(combined), compound.Target.Type, compound, compound.IsChecked);
    }

    /// <summary>The type in which C# computes with operands of these.</summary>
    private static ValueType Promoted(ValueType a, ValueType b, bool isShift)
    {
        if (a == ValueType.Flag) return a;
        var larger = a > b ? a : b;
        if (larger >= ValueType.ULong) return larger;
        if (a == ValueType.UInt && isShift) return a;
        var isUnsigned = (a == ValueType.UInt && b is ValueType.UInt or ValueType.UShort or ValueType.Byte)
            || (b == ValueType.UInt && a is ValueType.UShort or ValueType.Byte);
        return larger == ValueType.Long || (larger == ValueType.UInt && !isUnsigned) ? ValueType.Long
            : larger == ValueType.UInt ? larger
            : ValueType.Int;
    }

    /// <summary>Static methods of Math, MathF and the scalar types that take scalars and give one: the launch calls them.</summary>
    private static bool IsOfScalars(IMethodSymbol method) =>
        method is { IsStatic: true, IsGenericMethod: false, ReturnsByRef: false, MethodKind: MethodKind.Ordinary }
        && (Symbols.IsMath(method.ContainingType) || ScalarType(method.ContainingType) != null)
        && ScalarType(method.ReturnType) != null
        && method.Parameters.All(p => p.RefKind == RefKind.None && ScalarType(p.Type) != null);

    private int CallOfScalars(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        var args = call.Arguments.OrderBy(a => a.Parameter!.Ordinal).Select(a => Node(a.Value)).ToArray();
        return context.Scalar(Op.Call, ScalarType(method.ReturnType)!.Value, $"System.{method.ContainingType.Name}.{method.Name}", args);
    }

    private static KernelError Rounds(IOperation at) =>
        new(
            Descriptors.IntegerDivision, at.Syntax.GetLocation(),
            $"'{at.Syntax}' divides whole numbers and would lose the remainder; make one of them a float");
}
