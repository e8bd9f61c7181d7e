using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;

namespace MageDsl.Generators.Parsing;

/// <summary>The C# that a kernel cannot hold, in words, with what to write instead.</summary>
internal static class CSharpConstructs
{
    public static string Describe(IOperation operation) => operation switch
    {
        ILoopOperation => "a loop; reduce over an axis instead",
        IBranchOperation => "goto, break or continue",
        ILabeledOperation => "a label",
        ISwitchOperation or ISwitchExpressionOperation => "a switch; use if on bool parameters, or Select",
        ILocalFunctionOperation or IAnonymousFunctionOperation or IDelegateCreationOperation =>
            "a local function or lambda; make it a [Kernel] of its own",
        IMethodReferenceOperation => "a method as a value; call it",
        IAwaitOperation => "await",
        ITryOperation => "try",
        IThrowOperation => "throw",
        ILockOperation => "lock",
        IUsingOperation or IUsingDeclarationOperation => "using",
        IReturnOperation { Kind: OperationKind.YieldReturn or OperationKind.YieldBreak } => "yield",
        IReturnOperation => "a return without a value",
        IFieldReferenceOperation field => $"the variable '{field.Field.Name}'; fields must be const",
        IEventReferenceOperation => "an event",
        IPropertyReferenceOperation { Property.IsIndexer: true } => "an indexer but that of Expr",
        IPropertyReferenceOperation property => $"the property '{property.Property.Name}'",
        IArrayElementReferenceOperation or IImplicitIndexerReferenceOperation => "an element of an array; give the axis an index, as x[\"k\", 0]",
        IObjectCreationOperation or IArrayCreationOperation or ICollectionExpressionOperation or IAnonymousObjectCreationOperation
            or ITypeParameterObjectCreationOperation or IDynamicObjectCreationOperation or IWithOperation => "the creation of an object",
        IIncrementOrDecrementOperation => "++ or --",
        ICoalesceOperation or ICoalesceAssignmentOperation or IConditionalAccessOperation => "?? or ?.; nothing in a kernel is null",
        ILiteralOperation or IDefaultValueOperation => "null or default",
        IIsTypeOperation or IIsPatternOperation => "a pattern",
        ITupleBinaryOperation => "a comparison of tuples",
        IInterpolatedStringOperation => "a string that is computed",
        ITypeOfOperation or ISizeOfOperation or INameOfOperation => "typeof, sizeof or nameof of what is no constant",
        IInstanceReferenceOperation => "this",
        IDynamicInvocationOperation or IDynamicMemberReferenceOperation or IDynamicIndexerAccessOperation => "dynamic",
        IRangeOperation => "a range; use Slice",
        IAddressOfOperation or IFunctionPointerInvocationOperation => "a pointer",
        IInvocationOperation => "a statement without effect on a result",
        _ => Described(operation.Syntax),
    };

    /// <summary>What has no operation of its own.</summary>
    private static string Described(SyntaxNode syntax) => syntax.Kind() switch
    {
        SyntaxKind.FixedStatement => "fixed",
        SyntaxKind.StackAllocArrayCreationExpression or SyntaxKind.ImplicitStackAllocArrayCreationExpression => "stackalloc",
        SyntaxKind.PointerIndirectionExpression or SyntaxKind.PointerMemberAccessExpression or SyntaxKind.ElementAccessExpression => "a pointer",
        SyntaxKind.RefExpression => "a reference",
        SyntaxKind.MakeRefExpression or SyntaxKind.RefTypeExpression or SyntaxKind.RefValueExpression => "a typed reference",
        var kind => $"this C# ({kind})",
    };
}
