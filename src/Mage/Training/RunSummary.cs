using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mage.Training;

/// <summary>
/// The closing numbers of a run, on held-out images; written to the run folder as <c>summary.json</c>. What the images do not allow to
/// measure is null, and the notes say why.
/// </summary>
public sealed record RunSummary
{
    /// <summary>Held-out images that were evaluated.</summary>
    public int HeldOutImages { get; set; }

    /// <summary>Training images that the probes learnt from.</summary>
    public int? ProbeImages { get; set; }

    /// <summary>Mean peak signal-to-noise ratio of reconstructions, decibels.</summary>
    public double? ReconstructionPsnr { get; set; }

    /// <summary>Codes that occur.</summary>
    public int? CodesUsed { get; set; }

    /// <summary>Codes there are.</summary>
    public int? CodebookSize { get; set; }

    /// <summary>Perplexity of the codes.</summary>
    public double? CodePerplexity { get; set; }

    /// <summary>Share of masked tokens whose code is the likeliest, half of the tokens masked.</summary>
    public double? MaskedTokenAccuracy { get; set; }

    /// <summary>Of a classifier: the share of the held-out images that it takes for what they are.</summary>
    public double? ClassifierAccuracy { get; set; }

    /// <summary>Accuracy of a linear probe on MAGE's features and on raw pixels.</summary>
    public ProbePair? LinearProbe { get; set; }

    /// <summary>Accuracy of the 20 nearest neighbours on MAGE's features and on raw pixels.</summary>
    public ProbePair? NearestNeighbors { get; set; }

    /// <summary>Why something was not measured, a line each.</summary>
    public IReadOnlyList<string> Notes { get; set; } = [];

    /// <summary>As indented JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunSummaryContext.Default.RunSummary);
}

/// <summary>The accuracy of one way to classify on two kinds of features.</summary>
public sealed record ProbePair(double Mage, double RawPixels);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RunSummary))]
internal sealed partial class RunSummaryContext : JsonSerializerContext;
