using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Ir;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MageDsl.Generators.Parsing;

// Expressions: variables, operators of Expr, tuples, conditions, assignments.
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
                var converted = Eval(conversion.Operand);
                if (conversion.OperatorMethod is { } method)
                {
                    converted = Convert(converted, method.Parameters[0].Type, conversion, conversion.IsChecked);
                }
                return Convert(converted, conversion.Type, conversion, conversion.IsChecked);
            case IBinaryOperation binary:
                return new NodeValue(Binary(binary));
            case IUnaryOperation unary:
                return new NodeValue(Unary(unary));
            case IConditionalOperation { WhenFalse: { } otherwise } choice:
                var condition = Condition(choice.Condition);
                if (Graph.Known(condition) is { } known) return Eval(known ? choice.WhenTrue : otherwise);
                NoAssignment(choice.WhenTrue);
                NoAssignment(otherwise);
                return Merge(condition, Where(condition, true, () => Eval(choice.WhenTrue)), Where(condition, false, () => Eval(otherwise)), choice);
            case ITupleOperation tuple:
                return new TupleValue(tuple.Elements.Select(Eval).ToArray());
            case IFieldReferenceOperation { Instance: { Type: INamedTypeSymbol { IsTupleType: true } type } instance } field:
                return Element(Eval(instance), type, field.Field);
            case ISimpleAssignmentOperation assignment:
                return Assign(assignment.Target, Eval(assignment.Value));
            case IDeconstructionAssignmentOperation deconstruction:
                return Assign(deconstruction.Target, Eval(deconstruction.Value));
            case ICompoundAssignmentOperation compound:
                return Assign(compound.Target, compound.OperatorMethod is null
                    ? CombinedScalar(compound)
                    : new NodeValue(Combine(compound.OperatorKind, Node(compound.Target), Node(compound.Value), compound)));
            case IInvocationOperation call:
                return Call(call);
            case IPropertyReferenceOperation { Instance: { } instance, Property.IsIndexer: true } indexer
                when Symbols.IsExpr(indexer.Property.ContainingType):
                return new NodeValue(Pick(Node(instance), indexer.Arguments, indexer));
            case IInvalidOperation:
                throw KernelError.Reported();
            default:
                throw Unsupported(operation, CSharpConstructs.Describe(operation));
        }
    }

    private Value Read(ISymbol variable) =>
        state.TryGetValue(variable, out var value) && value is not WrongValue ? value : throw KernelError.Reported();

    private int Binary(IBinaryOperation binary) => binary switch
    {
        { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } => Conditional(binary),
        { OperatorMethod: null } => Scalar(binary.OperatorKind, Node(binary.LeftOperand), Node(binary.RightOperand), binary.IsChecked, binary),
        _ => Combine(binary.OperatorKind, Node(binary.LeftOperand), Node(binary.RightOperand), binary),
    };

    private int Combine(BinaryOperatorKind kind, int left, int right, IOperation at)
    {
        switch (kind)
        {
            case BinaryOperatorKind.Add: return Graph.Map(Op.Add, left, right);
            case BinaryOperatorKind.Subtract: return Graph.Map(Op.Sub, left, right);
            case BinaryOperatorKind.Multiply: return Graph.Map(Op.Mul, left, right);
            case BinaryOperatorKind.Divide: return Graph.Map(Op.Div, left, right);
            case BinaryOperatorKind.LessThan: return Graph.Map(Op.Less, left, right);
            case BinaryOperatorKind.LessThanOrEqual: return Graph.Map(Op.LessEqual, left, right);
            case BinaryOperatorKind.GreaterThan: return Swapped(Op.Less, left, right);
            case BinaryOperatorKind.GreaterThanOrEqual: return Swapped(Op.LessEqual, left, right);
            case BinaryOperatorKind.Equals: return Graph.Map(Op.Equal, left, right);
            case BinaryOperatorKind.NotEquals: return Graph.Map(Op.Not, Graph.Map(Op.Equal, left, right));
            case BinaryOperatorKind.And: return Both(left, right);
            case BinaryOperatorKind.Or: return Either(left, right);
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
        Graph.Known(left) is { } l ? (l ? right : left) : Graph.Known(right) is { } r ? (r ? left : right) : Graph.Map(Op.And, left, right);

    private int Either(int left, int right) =>
        Graph.Known(left) is { } l ? (l ? left : right) : Graph.Known(right) is { } r ? (r ? right : left) : Graph.Map(Op.Or, left, right);

    private int Unary(IUnaryOperation unary)
    {
        var operand = Node(unary.Operand);
        if (unary.OperatorMethod is null) return Scalar(unary, operand);
        return unary.OperatorKind switch
        {
            UnaryOperatorKind.Plus => operand,
            UnaryOperatorKind.Minus => Graph.Map(Op.Neg, operand),
            UnaryOperatorKind.Not when Graph.Known(operand) is { } known => Graph.Const(!known),
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

    private Value Assign(IOperation target, Value value)
    {
        switch (target)
        {
            case ILocalReferenceOperation local:
                return state[local.Local] = Convert(value, local.Type, target, false);
            case IParameterReferenceOperation parameter:
                return state[parameter.Parameter] = Convert(value, parameter.Type, target, false);
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

    private static KernelError Unsupported(IOperation at, string what) =>
        new(Descriptors.Unsupported, at.Syntax.GetLocation(), $"a kernel cannot hold {what}");
}
