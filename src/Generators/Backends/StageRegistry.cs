using System.Collections.Generic;

namespace MageDsl.Generators.Backends;

/// <summary>The stages of a kernel: its variants share those that came out equal.</summary>
internal sealed class StageRegistry<TStage> where TStage : PrintedStage
{
    private readonly Dictionary<string, string> names = new();

    public List<TStage> All { get; } = new();

    /// <summary>Adds a stage and returns it, under the name of an equal one if there is one.</summary>
    public TStage Add(TStage stage)
    {
        if (names.TryGetValue(stage.Key, out var name)) return (TStage)stage.Named(name);
        names.Add(stage.Key, stage.Name);
        All.Add(stage);
        return stage;
    }
}
