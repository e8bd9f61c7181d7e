using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Ir;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MageDsl.Generators.Parsing;

// Expressions: constants, variables, operators, tuples, conditions, assignments.
internal sealed partial class BodyReader
{
    private Value Eval(IOperation operation)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        context.Expressions = KernelLimits.Count(context.Expressions);
        var before = Graph.Nodes.Count;
        Value value;
        try
        {
            value = EvalCore(operation);
        }
        catch (IrException error)
        {
            throw new KernelError(Descriptors.Get(error.Id), Place(operation), error.Message);
        }
        context.Note(before, Place(operation));
        return value;
    }

    private int Node(IOperation operation) => Eval(operation) switch
    {
        NodeValue node => node.Id,
        TupleValue => throw Unsupported(operation, "a tuple where one value is needed"),
        _ => throw KernelError.Reported(),
    };

    private Value EvalCore(IOperation operation)
    {
        if (operation.ConstantValue is { HasValue: true, Value: { } constant }) return new NodeValue(Constant(operation, constant));
        switch (operation)
        {
            case ILocalReferenceOperation local:
                return Read(local.Local);
            case IParameterReferenceOperation parameter:
                return Read(parameter.Parameter);
            case IParenthesizedOperation inner:
                return Eval(inner.Operand);
            case IConversionOperation conversion:
                if (IsWhole(conversion.Type) && !IsWhole(conversion.Operand.Type) && conversion.Operand.ConstantValue is not { HasValue: true })
                    throw Unsupported(conversion, "a conversion that rounds; use Floor");
                if (Narrows(conversion)) throw Unsupported(conversion, "a conversion that may lose bits");
                return Eval(conversion.Operand);
            case IBinaryOperation binary:
                return new NodeValue(Binary(binary));
            case IUnaryOperation unary:
                return new NodeValue(Unary(unary));
            case IConditionalOperation { WhenFalse: { } otherwise } choice:
                var condition = Condition(choice.Condition);
                if (Known(condition) is { } known) return Eval(known ? choice.WhenTrue : otherwise);
                NoAssignment(choice.WhenTrue);
                NoAssignment(otherwise);
                return Merge(condition, Eval(choice.WhenTrue), Eval(otherwise), choice);
            case ITupleOperation tuple:
                return new TupleValue(tuple.Elements.Select(Eval).ToArray());
            case IFieldReferenceOperation { Instance: { Type: INamedTypeSymbol { IsTupleType: true } type } instance } field:
                return Element(Eval(instance), type, field.Field);
            case ISimpleAssignmentOperation assignment:
                return Assign(assignment.Target, Eval(assignment.Value));
            case IDeconstructionAssignmentOperation deconstruction:
                return Assign(deconstruction.Target, Eval(deconstruction.Value));
            case ICompoundAssignmentOperation compound:
                var combined = Combine(compound.OperatorKind, Node(compound.Target), Node(compound.Value), compound, compound.Target.Type, compound.Value.Type);
                return Assign(compound.Target, new NodeValue(combined));
            case IInvocationOperation call:
                return Call(call);
            case IPropertyReferenceOperation { Instance: { } instance, Property.IsIndexer: true } indexer when Symbols.IsExpr(indexer.Property.ContainingType):
                return new NodeValue(Pick(Node(instance), indexer.Arguments, indexer));
            case IInvalidOperation:
                throw KernelError.Reported();
            default:
                throw Unsupported(operation, CSharpConstructs.Describe(operation));
        }
    }

    private Value Read(ISymbol variable) =>
        state.TryGetValue(variable, out var value) && value is not WrongValue ? value : throw KernelError.Reported();

    private int Constant(IOperation operation, object value)
    {
        if (operation.DescendantsAndSelf().FirstOrDefault(o =>
                o is IBinaryOperation { OperatorKind: BinaryOperatorKind.Divide } division && IsWhole(division.LeftOperand.Type) && IsWhole(division.RightOperand.Type)) is { } whole)
            throw Rounds(whole);
        return value switch
        {
            bool flag => Graph.Const(flag),
            float or double or int or uint or long or ulong or short or ushort or byte or sbyte => Graph.Const(Convert.ToDouble(value)),
            _ => throw Unsupported(operation, $"a value of type {operation.Type?.ToDisplayString()}"),
        };
    }

    private int Binary(IBinaryOperation binary)
    {
        var left = Node(binary.LeftOperand);
        if (binary.OperatorKind is BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr && Known(left) is { } known
            && known == (binary.OperatorKind == BinaryOperatorKind.ConditionalOr)) return left;
        if (binary.OperatorKind is BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr && Known(left) is null) NoAssignment(binary.RightOperand);
        return Combine(binary.OperatorKind, left, Node(binary.RightOperand), binary, binary.LeftOperand.Type, binary.RightOperand.Type);
    }

    private int Combine(BinaryOperatorKind kind, int left, int right, IOperation at, ITypeSymbol? leftType, ITypeSymbol? rightType)
    {
        switch (kind)
        {
            case BinaryOperatorKind.Add: return Graph.Map(Op.Add, left, right);
            case BinaryOperatorKind.Subtract: return Graph.Map(Op.Sub, left, right);
            case BinaryOperatorKind.Multiply: return Graph.Map(Op.Mul, left, right);
            case BinaryOperatorKind.Divide:
                if (IsWhole(leftType) && IsWhole(rightType)) throw Rounds(at);
                return Graph.Map(Op.Div, left, right);
            case BinaryOperatorKind.LessThan: return Graph.Map(Op.Less, left, right);
            case BinaryOperatorKind.LessThanOrEqual: return Graph.Map(Op.LessEqual, left, right);
            case BinaryOperatorKind.GreaterThan: return Swapped(Op.Less, left, right);
            case BinaryOperatorKind.GreaterThanOrEqual: return Swapped(Op.LessEqual, left, right);
            case BinaryOperatorKind.Equals: return Graph.Map(Op.Equal, left, right);
            case BinaryOperatorKind.NotEquals: return Graph.Map(Op.Not, Graph.Map(Op.Equal, left, right));
            case BinaryOperatorKind.And or BinaryOperatorKind.ConditionalAnd: return Both(left, right);
            case BinaryOperatorKind.Or or BinaryOperatorKind.ConditionalOr: return Either(left, right);
            default: throw Unsupported(at, $"the operator {kind}");
        }
    }

    /// <summary>
    /// a > b as b &lt; a. The axes of the outcome are the left operand's first, which random numbers may be counted in: where
    /// swapping would order them otherwise, it is -a &lt; -b.
    /// </summary>
    private int Swapped(Op op, int left, int right)
    {
        var swapped = Graph.Map(op, right, left);
        return Graph.Axes(swapped).SequenceEqual(Graph.Axes(left).Union(Graph.Axes(right)))
            ? swapped
            : Graph.Map(op, Graph.Map(Op.Neg, left), Graph.Map(Op.Neg, right));
    }

    private int Both(int left, int right) =>
        Known(left) is { } l ? (l ? right : left) : Known(right) is { } r ? (r ? left : right) : Graph.Map(Op.And, left, right);

    private int Either(int left, int right) =>
        Known(left) is { } l ? (l ? left : right) : Known(right) is { } r ? (r ? right : left) : Graph.Map(Op.Or, left, right);

    private int Unary(IUnaryOperation unary)
    {
        var operand = Node(unary.Operand);
        return unary.OperatorKind switch
        {
            UnaryOperatorKind.Plus => operand,
            UnaryOperatorKind.Minus => Graph.Map(Op.Neg, operand),
            UnaryOperatorKind.Not when Known(operand) is { } known => Graph.Const(!known),
            UnaryOperatorKind.Not => Graph.Map(Op.Not, operand),
            _ => throw Unsupported(unary, $"the operator {unary.OperatorKind}"),
        };
    }

    /// <summary>The condition of an if or ?:, a C# bool.</summary>
    private int Condition(IOperation operation)
    {
        if (operation.Type?.SpecialType != SpecialType.System_Boolean && operation is not IInvalidOperation)
            throw Unsupported(operation, "a choice by an Expr; use Select");
        return Node(operation);
    }

    /// <summary>The value of a condition that is a constant, as a flag that the caller gives as true.</summary>
    private bool? Known(int node) => Graph[node] is { Op: Op.Const, Type: Ir.ValueType.Bool } constant ? constant.Number != 0 : null;

    private Value Assign(IOperation target, Value value)
    {
        switch (target)
        {
            case ILocalReferenceOperation local:
                return state[local.Local] = value;
            case IParameterReferenceOperation parameter:
                return state[parameter.Parameter] = value;
            case IDiscardOperation:
                return value;
            case IDeclarationExpressionOperation declaration:
                return Assign(declaration.Expression, value);
            case ITupleOperation tuple when value is TupleValue values && values.Items.Count == tuple.Elements.Length:
                for (var i = 0; i < values.Items.Count; i++) Assign(tuple.Elements[i], values.Items[i]);
                return value;
            case IInvalidOperation:
                throw KernelError.Reported();
            default:
                throw Unsupported(target, "an assignment to anything but a local or a parameter");
        }
    }

    private Value Element(Value value, INamedTypeSymbol type, IFieldSymbol field)
    {
        var names = type.TupleElements;
        for (var i = 0; i < names.Length; i++)
            if ((names[i].Name == field.Name || field.Name == $"Item{i + 1}") && value is TupleValue tuple) return tuple.Items[i];
        throw KernelError.Reported();
    }

    private T Located<T>(IOperation at, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (IrException error)
        {
            throw new KernelError(Descriptors.Get(error.Id), Place(at), error.Message);
        }
    }

    /// <summary>Both sides of a choice are computed, so neither may change a variable.</summary>
    private static void NoAssignment(IOperation side)
    {
        if (side.DescendantsAndSelf().FirstOrDefault(o => o is IAssignmentOperation) is { } assignment)
            throw Unsupported(assignment, "an assignment within ?:, && or ||; use if");
    }

    /// <summary>From a whole number to one that has not room for all of its values.</summary>
    private static bool Narrows(IConversionOperation conversion)
    {
        if (!IsWhole(conversion.Type) || !IsWhole(conversion.Operand.Type)) return false;
        var (from, to) = (conversion.Operand.Type!.SpecialType, conversion.Type!.SpecialType);
        bool IsUnsigned(SpecialType type) => type is SpecialType.System_Byte or SpecialType.System_UInt16 or SpecialType.System_UInt32 or SpecialType.System_UInt64;
        int Bits(SpecialType type) => (type - SpecialType.System_SByte) / 2;
        return IsUnsigned(from) == IsUnsigned(to) ? Bits(to) < Bits(from) : IsUnsigned(to) || Bits(to) <= Bits(from);
    }

    private static bool IsWhole(ITypeSymbol? type) => type?.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_UInt64;

    private static KernelError Rounds(IOperation at) =>
        new(Descriptors.IntegerDivision, at.Syntax.GetLocation(), $"'{at.Syntax}' divides whole numbers and would lose the remainder; make one of them a float");

    private static KernelError Unsupported(IOperation at, string what) =>
        new(Descriptors.Unsupported, at.Syntax.GetLocation(), $"a kernel cannot hold {what}");
}
