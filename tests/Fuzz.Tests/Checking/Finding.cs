using MageDsl;

namespace Fuzz.Tests.Checking;

/// <summary>What kind of thing is wrong with a program.</summary>
internal enum FindingKind
{
    /// <summary>The generator or C# refuses it.</summary>
    NotCompiled,

    /// <summary>The launch or the backward pass throws.</summary>
    Throws,

    /// <summary>A result differs from the definition's.</summary>
    Results,

    /// <summary>A compiled gradient differs from forward mode over the definition.</summary>
    Gradients,

    /// <summary>Forward mode differs from central differences.</summary>
    Differences,

    /// <summary>Another number of threads gives other bits.</summary>
    Threads,
}

/// <summary>A way to run a compiled program.</summary>
internal sealed record RunSetting(bool Fused, ElementType Type, int Width, string Device = "cpu")
{
    /// <summary>What it has to be compiled for.</summary>
    public string Targets => Device == "cpu" ? "cpu" : "cpu gpu";

    public override string ToString() => $"{(Fused ? "fused" : "unfused")}, {Type}, {(Device == "cpu" ? $"{Width} bits" : Device)}";
}

/// <summary>What is wrong with a program, how it was run, and what was seen.</summary>
internal sealed record Finding(FindingKind Kind, RunSetting? Setting, string Text)
{
    public override string ToString() => $"{Kind}{(Setting is null ? "" : $" ({Setting})")}: {Text}";
}
