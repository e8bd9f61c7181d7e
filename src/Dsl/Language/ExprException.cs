namespace MageDsl;

/// <summary>
/// What is wrong with an expression, in the terms of the language: an axis that is missing, sizes that differ, a condition
/// where a number belongs. The compiler reports the same mistakes at build time; this is how eager evaluation says it.
/// </summary>
public sealed class ExprException : ArgumentException
{
    /// <summary>An error without a particular axis.</summary>
    public ExprException(string message)
        : base(message)
    {
    }

    /// <summary>An error about the size of an axis.</summary>
    /// <param name="message">The whole sentence, naming axis and sizes.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="expected">The size that would have done.</param>
    /// <param name="found">The size it has.</param>
    public ExprException(string message, string axis, int expected, int found)
        : base(message)
    {
        Axis = axis;
        Expected = expected;
        Found = found;
    }

    /// <summary>The axis whose size is wrong, or null.</summary>
    public string? Axis { get; }

    /// <summary>The size that would have done; meaningful if <see cref="Axis"/> is set.</summary>
    public int Expected { get; }

    /// <summary>The size that was found; meaningful if <see cref="Axis"/> is set.</summary>
    public int Found { get; }

    internal static ExprException Missing(string what, string axis, Expr value) =>
        new($"{what}: there is no axis '{axis}' in a value over {value.Describe()}");

    internal static ExprException Nothing(string what, string axis) =>
        new($"{what}: axis '{axis}' has size 0; there is nothing to choose from", axis, 1, 0);

    internal static ExprException Conflict(string what, string axis, int expected, int found) =>
        new($"{what}: axis '{axis}' has size {expected} in one value and {found} in another; one name has one size", axis, expected, found);
}
