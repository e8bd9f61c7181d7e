namespace MageDsl;

/// <summary>What <see cref="Module.LoadStateDict"/> found, when it is not strict.</summary>
/// <param name="Missing">Keys of the module that the checkpoint lacks; they keep their values.</param>
/// <param name="Unexpected">Keys of the checkpoint that the module lacks.</param>
public sealed record LoadResult(IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected);

/// <summary>
/// A part of a model: parameters and child modules under the key names of the reference PyTorch implementation, so that its checkpoints load.
/// Constructors register them with <see cref="Add"/> and <see cref="Child"/>, in the order in which <see cref="Parameters"/> gives them.
/// Disposing of the outermost module gives the memory of all of it back; otherwise it goes when nobody refers to it any more.
/// </summary>
public abstract class Module : IDisposable
{
    private readonly List<(string Name, object Member)> members = [];

    /// <summary>All parameters, children's included, in the order of definition.</summary>
    public IReadOnlyList<Parameter> Parameters()
    {
        var found = new List<Parameter>();
        Collect(found);
        return found;
    }

    /// <summary>The parameter with a key.</summary>
    /// <param name="name">Its key, as <c>blocks.0.attn.qkv.weight</c>, seen from the outermost module that holds this one.</param>
    /// <exception cref="KeyNotFoundException">There is none; the message names those with the same end.</exception>
    public Parameter GetParameter(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var all = Parameters();
        if (all.FirstOrDefault(parameter => parameter.Name == name) is { } found)
        {
            return found;
        }

        var end = name[(name.LastIndexOf('.') + 1)..];
        var near = all.Where(parameter => parameter.Name == end || parameter.Name.EndsWith($".{end}", StringComparison.Ordinal)).ToList();
        var hint = near.Count > 0
            ? $"; of that last name it has {List(near, parameter => parameter.Name)}"
            : $"; it has {List([.. all], parameter => parameter.Name)}";
        throw new KeyNotFoundException($"{GetType().Name} has no parameter '{name}'{hint}");
    }

    /// <summary>Gives the memory of all parameters and of their gradients back. The module can then no longer be used.</summary>
    public void Dispose()
    {
        foreach (var parameter in Parameters())
        {
            parameter.Gradient?.Dispose();
            parameter.Value.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>The live values (not copies) by key, in the order of definition.</summary>
    public IReadOnlyDictionary<string, Tensor> StateDict()
    {
        var state = new OrderedDictionary<string, Tensor>();
        foreach (var parameter in Parameters())
        {
            state.Add(parameter.Name, parameter.Value);
        }

        return state;
    }

    /// <summary>Forgets all gradients.</summary>
    public void ClearGradients()
    {
        foreach (var parameter in Parameters())
        {
            parameter.Gradient = null;
        }
    }

    /// <summary>Sets <see cref="Parameter.RequiresGrad"/> of all real parameters: false freezes the module.</summary>
    public void RequireGradients(bool value)
    {
        foreach (var parameter in Parameters())
        {
            parameter.RequiresGrad = value && parameter.Value.Type.IsReal();
        }
    }

    /// <summary>Copies values in by key; Float32 and Float64 are converted. Nothing is changed unless everything fits.</summary>
    /// <param name="state">Values by key.</param>
    /// <param name="strict">Whether missing and unexpected keys are errors. Another shape always is.</param>
    /// <exception cref="CheckpointException">
    /// One line with the keys that are missing or unexpected, and those with another shape or type, expected and found.
    /// </exception>
    public LoadResult LoadStateDict(IReadOnlyDictionary<string, Tensor> state, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(state);
        return LoadStateValues(StateValue.Of(state), strict);
    }

    /// <summary>The same with values that are read when all is known to fit.</summary>
    internal LoadResult LoadStateValues(IReadOnlyDictionary<string, StateValue> state, bool strict = true)
    {
        var result = CheckStateValues(state, strict);
        foreach (var (key, value) in StateDict())
        {
            if (state.TryGetValue(key, out var found))
            {
                found.CopyTo(value);
            }
        }

        return result;
    }

    /// <summary>What loading would find, or refuse; copies nothing.</summary>
    internal LoadResult CheckStateValues(IReadOnlyDictionary<string, StateValue> state, bool strict = true)
    {
        var own = StateDict();
        var missing = own.Where(pair => !state.ContainsKey(pair.Key)).ToList();
        var unexpected = state.Where(pair => !own.ContainsKey(pair.Key)).ToList();
        var unfit = own.Where(pair => state.TryGetValue(pair.Key, out var found) && !Fits(pair.Value, found)).ToList();

        var problems = new List<string>();
        if (strict && missing.Count > 0)
        {
            problems.Add($"missing {List(missing, pair => $"{pair.Key} {Tensor.ShapeText(pair.Value.Shape)}")}");
        }

        if (strict && unexpected.Count > 0)
        {
            problems.Add($"unexpected {List(unexpected, pair => $"{pair.Key} {Tensor.ShapeText(pair.Value.Shape)}")}");
        }

        if (unfit.Count > 0)
        {
            problems.Add(
                $"mismatching {List(unfit, pair => $"{pair.Key} (expected {StateValue.Of(pair.Value)}, found {state[pair.Key]})")}");
        }

        if (problems.Count > 0)
        {
            throw new CheckpointException($"the checkpoint does not fit {GetType().Name}: {string.Join("; ", problems)}");
        }

        return new LoadResult([.. missing.Select(pair => pair.Key)], [.. unexpected.Select(pair => pair.Key)]);
    }

    /// <summary>Registers a parameter; its value is taken out of its scope.</summary>
    /// <param name="name">The last part of its key.</param>
    /// <param name="value">Its first value.</param>
    /// <param name="requiresGrad">False for a buffer: saved and loaded, not trained.</param>
    protected Parameter Add(string name, Tensor value, bool requiresGrad = true)
    {
        CheckName(name);
        var parameter = new Parameter(name, value, requiresGrad);
        members.Add((name, parameter));
        return parameter;
    }

    /// <summary>Registers a child: its parameters' keys get <paramref name="name"/> and a dot in front. A child belongs to one module.</summary>
    protected T Child<T>(string name, T module)
        where T : Module
    {
        ArgumentNullException.ThrowIfNull(module);
        CheckName(name);
        if (module.IsOwned)
        {
            throw new InvalidOperationException($"the module {name} ({module.GetType().Name}) belongs to another module already");
        }

        module.IsOwned = true;
        members.Add((name, module));
        foreach (var parameter in module.Parameters())
        {
            parameter.Prefix(name);
        }

        return module;
    }

    private bool IsOwned { get; set; }

    private static bool Fits(Tensor expected, StateValue found)
        => expected.Shape.SequenceEqual(found.Shape) && expected.Type.IsReal() == found.Type.IsReal();

    private static string List<T>(List<T> items, Func<T, string> describe)
    {
        const int Shown = 8;
        var keys = items.Count == 1 ? "1 key" : $"{items.Count} keys";
        var rest = items.Count > Shown ? $" and {items.Count - Shown} more" : "";
        return $"{keys}: {string.Join(", ", items.Take(Shown).Select(describe))}{rest}";
    }

    private void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (members.Any(member => member.Name == name))
        {
            throw new ArgumentException($"{GetType().Name} has a member {name} already", nameof(name));
        }

        if (IsOwned)
        {
            // Its parameters have their full names by now; a late one would miss the prefix.
            throw new InvalidOperationException($"{name} must be registered before {GetType().Name} becomes a child");
        }
    }

    private void Collect(List<Parameter> found)
    {
        foreach (var (_, member) in members)
        {
            if (member is Module module)
            {
                module.Collect(found);
            }
            else if (member is Parameter parameter)
            {
                found.Add(parameter);
            }
        }
    }
}
