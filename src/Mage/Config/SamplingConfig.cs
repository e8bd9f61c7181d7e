using System.Text.Json.Serialization;

namespace Mage.Config;

/// <summary>Iterative decoding.</summary>
public sealed record SamplingConfig
{
    /// <summary>Decoding steps.</summary>
    public int Iterations { get; set; } = 12;

    /// <summary>Strength of the noise on the confidences in the first step; falls linearly to zero. Only the order by confidence has it.</summary>
    public float Temperature { get; set; } = 4.5f;

    /// <summary>How the share of tokens that are still unknown falls from step to step.</summary>
    public MaskSchedule Schedule { get; set; }

    /// <summary>Which tokens become known first.</summary>
    public TokenOrder Order { get; set; }

    /// <summary>What the scores of codes are divided by before one is drawn: below 1 the likely ones become likelier.</summary>
    public float TokenTemperature { get; set; } = 1f;

    /// <summary>Only so many of the likeliest codes are drawn from; 0 for all.</summary>
    public int TopK { get; set; }

    /// <summary>Only the likeliest codes that together have this probability are drawn from; 1 for all.</summary>
    public float TopP { get; set; } = 1f;

    /// <summary>
    /// How far scores go from those without a class past those of the class; 0 takes the latter as they are. Only models that were trained
    /// with classes have it.
    /// </summary>
    public float Guidance { get; set; }

    /// <summary>Whether guidance is there from the first step, or grows to its strength in the last.</summary>
    public GuidanceSchedule GuidanceSchedule { get; set; } = GuidanceSchedule.Linear;

    /// <summary>Images decoded at once.</summary>
    public int Batch { get; set; } = 64;
}

/// <summary>How the share of unknown tokens falls with the share <c>r</c> of steps done: MaskGIT, arXiv 2202.04200, section 3.3.</summary>
[JsonConverter(typeof(WordConverter<MaskSchedule>))]
public enum MaskSchedule
{
    /// <summary>As <c>cos(r pi / 2)</c>: few tokens at first, many at last. The official one.</summary>
    Cosine,

    /// <summary>As <c>1 - r</c>.</summary>
    Linear,

    /// <summary>As <c>1 - r^2</c>.</summary>
    Square,

    /// <summary>As <c>1 - sqrt(r)</c>: many tokens at first.</summary>
    SquareRoot,

    /// <summary>As <c>2 arccos(r) / pi</c>: between linear and square, with a steep end.</summary>
    Arccos,
}

/// <summary>Which tokens become known first.</summary>
[JsonConverter(typeof(WordConverter<TokenOrder>))]
public enum TokenOrder
{
    /// <summary>Those that the model is surest of, with noise. The official one.</summary>
    Confidence,

    /// <summary>
    /// Those that a Halton sequence reaches first: tokens of a step lie far from each other, so each of them is drawn knowing what there is
    /// around it. Besnier et al., "Halton Scheduler For Masked Generative Image Transformer", arXiv 2503.17076.
    /// </summary>
    Halton,

    /// <summary>Any.</summary>
    Random,
}

/// <summary>Guidance over the steps.</summary>
[JsonConverter(typeof(WordConverter<GuidanceSchedule>))]
public enum GuidanceSchedule
{
    /// <summary>The same in every step.</summary>
    Constant,

    /// <summary>From nothing in the first step to all of it in the last.</summary>
    Linear,
}
