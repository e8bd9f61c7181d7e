using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends;

/// <summary>The loop along the vector: where it begins and ends, the most elements in between, and the nesting in which these are known.</summary>
internal sealed record VectorRun(string From, string End, string Most, int Nesting);

/// <summary>What the lanes of a vector are while a body is written.</summary>
/// <param name="Axis">What they go along; null where nothing varies among them.</param>
/// <param name="Variable">The name of the position of the first.</param>
/// <param name="Count">How many count: <see cref="All"/>, or the name of the rest of the axis.</param>
/// <param name="Run">The loop that the body is in; null if there is none.</param>
internal sealed record Lanes(LoopVariable? Axis, string Variable, string Count = Lanes.All, VectorRun? Run = null)
{
    public const string All = "S.Width";

    /// <summary>No lanes: where something is the same for all.</summary>
    public static Lanes None { get; } = new(null, "");

    public bool IsTail => Count != All;
}
