namespace MageDsl;

/// <summary>
/// What a value carries beside its elements while a definition is looked into: how fast they change, and how far rounding may take them.
/// </summary>
/// <param name="Tangent">See <see cref="Tangents"/>; null if nothing moves.</param>
/// <param name="Errors">See <see cref="ErrorTrace"/>; null if nothing is followed, or the value is a constant.</param>
internal sealed record Carried(double[]? Tangent, ErrorNode? Errors)
{
    /// <summary>Null where there is nothing to carry.</summary>
    public static Carried? Of(double[]? tangent, ErrorNode? errors) => tangent is null && errors is null ? null : new Carried(tangent, errors);
}
