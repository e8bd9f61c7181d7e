namespace MageDsl.Generators.Ir;

/// <summary>What becomes of scores that a row reduction follows, between forward and backward pass.</summary>
internal enum ScoresChoice { Auto, Keep, Recompute }

/// <summary>What becomes of an operand that has to be computed for a contraction.</summary>
internal enum PrologueChoice { Auto, Pack, Store }

/// <summary>What the author of a kernel decided in place of the cost model.</summary>
internal sealed record KernelChoices(ScoresChoice Scores = ScoresChoice.Auto, PrologueChoice Prologue = PrologueChoice.Auto)
{
    public static KernelChoices Auto { get; } = new();
}
