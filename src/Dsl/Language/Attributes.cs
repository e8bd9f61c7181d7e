namespace MageDsl;

/// <summary>
/// Marks a static method over <see cref="Expr"/> as a kernel definition. The method's class must be
/// <c>partial</c>; the generator adds an overload of the same name over <see cref="Tensor"/> that runs
/// the compiled kernel, and its backward pass when a <see cref="GradientTape"/> is recording.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class KernelAttribute : Attribute
{
    /// <summary>False compiles one launch per primitive; the same compiler, for comparison and debugging.</summary>
    public bool Fusion { get; set; } = true;

    /// <summary>False for kernels that are never differentiated (optimizer updates, nearest neighbours).</summary>
    public bool Differentiable { get; set; } = true;

    /// <summary>Whether scores that a softmax or another row reduction follows are kept for the backward pass, or computed again.</summary>
    public Scores Scores { get; set; }

    /// <summary>Whether operands that have to be computed for a contraction are stored before it, or computed while it packs them.</summary>
    public Prologue Prologue { get; set; }
}

/// <summary>
/// The memory layout of a real tensor, as axis names: <c>"b t d"</c>, <c>"b t (s=3 h e)"</c>, <c>"... d"</c>.
/// A group in parentheses is one dimension holding several axes, the last one fastest; <c>name=3</c> fixes a size;
/// <c>...</c> stands for any number of leading dimensions, seen as one axis. An empty string is a scalar.
/// On a return value with several results, one string per result.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.ReturnValue)]
public sealed class DimsAttribute(params string[] layouts) : Attribute
{
    /// <summary>One layout per parameter or result.</summary>
    public string[] Layouts { get; } = layouts;
}

/// <summary>As <see cref="DimsAttribute"/>, for a tensor of int32 (token ids, class labels): it has no gradient.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.ReturnValue)]
public sealed class IdsAttribute(params string[] layouts) : Attribute
{
    /// <summary>One layout per parameter or result.</summary>
    public string[] Layouts { get; } = layouts;
}

/// <summary>An int parameter that gives the size of an axis, as the number of heads of <c>(h e)</c>.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class SizeAttribute(string axis) : Attribute
{
    /// <summary>The axis whose size this is.</summary>
    public string Axis { get; } = axis;
}

/// <summary>
/// On the return value: result <c>i</c> is written into the memory of the named tensor parameter (optimizer updates).
/// The generated overload then returns nothing.
/// </summary>
[AttributeUsage(AttributeTargets.ReturnValue)]
public sealed class IntoAttribute(params string[] parameters) : Attribute
{
    /// <summary>One parameter name per result.</summary>
    public string[] Parameters { get; } = parameters;
}

/// <summary>
/// Compiles every kernel of <paramref name="source"/> that the class may call, whose IR is read from its assembly, once more into the
/// partial static class that carries this attribute: the same kernels unfused beside the fused ones, for tests and benchmarks.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class RecompileAttribute(Type source) : Attribute
{
    /// <summary>The class whose kernels are compiled again.</summary>
    public Type Source { get; } = source;

    /// <summary>False for one launch per primitive, and every value kept that a gradient reads.</summary>
    public bool Fusion { get; set; } = true;
}

/// <summary>Written by the generator: the IR of a kernel, for inlining across assemblies.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class KernelIrAttribute(string text) : Attribute
{
    /// <summary>The IR, as <c>mage-dsl kernels show</c> prints it.</summary>
    public string Text { get; } = text;
}
