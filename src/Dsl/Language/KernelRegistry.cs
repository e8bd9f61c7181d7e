namespace MageDsl;

/// <summary>
/// Every compiled kernel of the assemblies that are loaded and initialised: generated module initializers register
/// theirs. The descriptions are made when somebody first asks for them, so that registering costs nothing.
/// </summary>
public static class KernelRegistry
{
    private static readonly Lock Gate = new();
    private static readonly List<Func<IEnumerable<KernelInfo>>> Pending = [];
    private static KernelInfo[] known = [];

    /// <summary>Adds the kernels of an assembly. Called by generated code.</summary>
    public static void Register(Func<IEnumerable<KernelInfo>> kernels)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        lock (Gate) Pending.Add(kernels);
    }

    /// <summary>All kernels registered so far, in the order of their names.</summary>
    public static IReadOnlyList<KernelInfo> All()
    {
        lock (Gate)
        {
            if (Pending.Count > 0)
            {
                var added = Pending.SelectMany(kernels => kernels()).ToArray();
                known = [.. known.Concat(added).OrderBy(kernel => kernel.Name, StringComparer.Ordinal)];
                Pending.Clear();
            }
            return known;
        }
    }
}
