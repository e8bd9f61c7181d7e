namespace MageDsl.Generators.Ir;

/// <summary>What the author of a kernel decided in place of the cost model.</summary>
internal sealed record KernelChoices(Scores Scores = Scores.Auto, Prologue Prologue = Prologue.Auto)
{
    public static KernelChoices Auto { get; } = new();
}
