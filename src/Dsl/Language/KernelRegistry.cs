namespace MageDsl;

/// <summary>
/// Every compiled kernel of the assemblies that are loaded and initialised: generated module initializers register
/// theirs. The descriptions are made when somebody first asks for them, so that registering costs nothing.
/// </summary>
public static class KernelRegistry
{
    private static readonly KernelCatalog Catalog = new();

    /// <summary>Adds the kernels of an assembly. Called by generated code.</summary>
    public static void Register(Func<IEnumerable<KernelInfo>> kernels) => Catalog.Register(kernels);

    /// <summary>All kernels registered so far, in the order of their names.</summary>
    public static IReadOnlyList<KernelInfo> All() => Catalog.All();
}

/// <summary>A list of kernels whose descriptions are made on demand. Safe from several threads.</summary>
internal sealed class KernelCatalog
{
    private readonly Lock gate = new();
    private readonly List<Func<IEnumerable<KernelInfo>>> pending = [];
    private KernelInfo[] known = [];

    public void Register(Func<IEnumerable<KernelInfo>> kernels)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        lock (gate) pending.Add(kernels);
    }

    public IReadOnlyList<KernelInfo> All()
    {
        lock (gate)
        {
            if (pending.Count > 0)
            {
                var added = pending.SelectMany(kernels => kernels()).ToArray();
                known = [.. known.Concat(added).OrderBy(kernel => kernel.Name, StringComparer.Ordinal)];
                pending.Clear();
            }
            return known;
        }
    }
}
