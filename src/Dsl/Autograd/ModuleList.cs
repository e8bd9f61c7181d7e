using System.Collections;

namespace MageDsl;

/// <summary>Modules in a row, whose keys are their positions: <c>blocks.0</c>, <c>blocks.1</c>.</summary>
public sealed class ModuleList<T> : Module, IReadOnlyList<T>
    where T : Module
{
    private readonly List<T> modules = [];

    /// <summary>Registers the modules in order.</summary>
    public ModuleList(IEnumerable<T> modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        foreach (var module in modules)
        {
            this.modules.Add(Child($"{this.modules.Count}", module));
        }
    }

    /// <inheritdoc/>
    public int Count => this.modules.Count;

    /// <inheritdoc/>
    public T this[int index] => this.modules[index];

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => this.modules.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
