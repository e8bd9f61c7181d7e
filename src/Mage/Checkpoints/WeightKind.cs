namespace Mage.Checkpoints;

/// <summary>Tells by the keys of a file whose weights it holds, for messages about a file that was taken for another.</summary>
internal static class WeightKind
{
    /// <summary>What the keys of the optimizer begin with in a training file, beside those of the model.</summary>
    public const string OptimizerPrefix = "optimizer.";

    private const string Tokenizer = "a tokenizer";
    private const string Mage = "MAGE";
    private const string State = "the state of a training that is not finished";

    private static readonly (WeightPart Part, string Kind)[] Kinds = [(WeightPart.Tokenizer, Tokenizer), (WeightPart.Mage, Mage)];

    /// <summary>
    /// What is wrong with keys where others are wanted, as it stands after the name of the file; null if they are of the same kind, or of none that
    /// is known.
    /// </summary>
    /// <param name="wanted">The keys of the model that is to be loaded.</param>
    /// <param name="found">The keys of the file.</param>
    public static string? Mismatch(IReadOnlyCollection<string> wanted, IReadOnlyCollection<string> found)
    {
        var (want, have) = (Of(wanted), Of(found));
        return want is null || have is null || want == have ? null : $"holds {have}, not {want}; {Advice(want, have)}";
    }

    /// <summary>What the keys are of, as it stands after "holds"; null if no kind is known by them.</summary>
    private static string? Of(IReadOnlyCollection<string> keys) => keys.Any(key => key.StartsWith(OptimizerPrefix, StringComparison.Ordinal))
        ? State
        : Kinds.FirstOrDefault(kind => keys.Contains(kind.Part.Mark)).Kind;

    private static string Advice(string want, string have) => have == State
        ? "mage-dsl train --resume finishes it and writes the weights alone"
        : $"a run keeps {want} in {(want == Mage ? "mage.safetensors" : "tokenizer.safetensors")}";
}
