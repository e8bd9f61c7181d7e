using System.Runtime.CompilerServices;

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

    /// <summary>The kernels of a class, in the order of their names, whether or not anything of its assembly was used before.</summary>
    /// <param name="type">A class with <see cref="KernelAttribute"/> methods, or with <see cref="RecompileAttribute"/>.</param>
    /// <exception cref="ArgumentException">It has no compiled kernels: perhaps the generator did not run in its project.</exception>
    public static IReadOnlyList<KernelInfo> Of(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        RuntimeHelpers.RunModuleConstructor(type.Module.ModuleHandle);
        KernelInfo[] kernels = [.. All().Where(kernel => kernel.Owner == type)];
        return kernels.Length > 0 ? kernels : throw new ArgumentException(
            $"{type} has no compiled kernels; its project needs a reference to MageDsl with its generator", nameof(type));
    }
}

/// <summary>A list of kernels whose descriptions are made on demand. Safe from several threads.</summary>
internal sealed class KernelCatalog
{
    private readonly Lock gate = new();
    private readonly List<Lazy<KernelInfo[]>> parts = [];
    private (int Parts, KernelInfo[] Kernels) known = (0, []);

    public void Register(Func<IEnumerable<KernelInfo>> kernels)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        lock (gate) parts.Add(new Lazy<KernelInfo[]>(() => [.. kernels()], LazyThreadSafetyMode.PublicationOnly));
    }

    public IReadOnlyList<KernelInfo> All()
    {
        Lazy<KernelInfo[]>[] now;
        lock (gate)
        {
            if (known.Parts == parts.Count) return known.Kernels;
            now = [.. parts];
        }

        // Without the lock: a description waits until its assembly is initialised, and another thread that does so may be registering just now.
        KernelInfo[] all = [.. now.SelectMany(part => part.Value).OrderBy(kernel => kernel.Name, StringComparer.Ordinal)];
        lock (gate)
        {
            if (now.Length > known.Parts) known = (now.Length, all);
            return known.Kernels;
        }
    }
}
