using System.Collections.Generic;

namespace MageDsl.Generators.Backends;

/// <summary>A printed stage.</summary>
/// <typeparam name="TSelf">The backend's own.</typeparam>
internal interface IPrintedStage<TSelf>
{
    /// <summary>The name of its struct.</summary>
    string Name { get; }

    /// <summary>What it consists of, but for its name and the places where it was written.</summary>
    string Key { get; }

    /// <summary>The same under another name.</summary>
    TSelf Named(string name);
}

/// <summary>The stages of a kernel: its variants share those that came out equal.</summary>
internal sealed class StageRegistry<TStage> where TStage : IPrintedStage<TStage>
{
    private readonly Dictionary<string, string> names = new();

    public List<TStage> All { get; } = new();

    /// <summary>Adds a stage and returns it, under the name of an equal one if there is one.</summary>
    public TStage Add(TStage stage)
    {
        if (names.TryGetValue(stage.Key, out var name)) return stage.Named(name);
        names.Add(stage.Key, stage.Name);
        All.Add(stage);
        return stage;
    }
}
