using System.Reflection;
using System.Runtime.CompilerServices;
using MageDsl;

namespace Mage.Cli.Kernels;

/// <summary>Finds kernels by what people call them.</summary>
internal static class KernelFinder
{
    private const int Suggestions = 4;

    /// <summary>All kernels of the library, of MAGE, and of another assembly if one is given.</summary>
    /// <exception cref="UserErrorException">The assembly cannot be loaded.</exception>
    public static IReadOnlyList<KernelInfo> All(string? assembly)
    {
        // Asking for all kernels must not depend on which class happened to be used before.
        foreach (var type in new[] { typeof(KernelInfo), typeof(Model.MaskedGenerativeEncoder) })
        {
            RuntimeHelpers.RunModuleConstructor(type.Module.ModuleHandle);
        }

        if (assembly is not null)
        {
            try
            {
                RuntimeHelpers.RunModuleConstructor(Assembly.LoadFrom(Path.GetFullPath(assembly)).ManifestModule.ModuleHandle);
            }
            catch (Exception e) when (e is IOException or BadImageFormatException or UnauthorizedAccessException or TypeInitializationException)
            {
                throw new UserErrorException($"cannot load the kernels of '{assembly}': {(e.InnerException ?? e).Message}", e);
            }
        }

        return KernelRegistry.All();
    }

    /// <summary>The kernel of that name, or whose name ends so.</summary>
    /// <exception cref="UserErrorException">There is none, or are several; the message names the nearest.</exception>
    public static KernelInfo Find(string name, IReadOnlyList<KernelInfo> all)
    {
        var found = all.Where(kernel => kernel.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (found.Length == 0)
        {
            found = [.. all.Where(kernel => kernel.Name.EndsWith("." + name, StringComparison.OrdinalIgnoreCase))];
        }

        return found switch
        {
            [var one] => one,
            [] => throw new UserErrorException($"no kernel is called '{name}'; the nearest names are {string.Join(", ", Nearest(name, all))}"),
            _ => throw new UserErrorException($"'{name}' could be {string.Join(" or ", found.Select(kernel => kernel.Name))}"),
        };
    }

    private static IEnumerable<string> Nearest(string name, IReadOnlyList<KernelInfo> all) => all
        .Select(kernel => kernel.Name)
        .OrderBy(known => known.Contains(name, StringComparison.OrdinalIgnoreCase)
            ? 0
            : Math.Min(Distance(name, known), Distance(name, known[(known.IndexOf('.') + 1)..])))
        .ThenBy(known => known, StringComparer.Ordinal)
        .Take(Suggestions);

    /// <summary>Letters to insert, drop or change to make one text of the other.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 0; i < a.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 0; j < b.Length; j++)
            {
                var change = diagonal + (char.ToUpperInvariant(a[i]) == char.ToUpperInvariant(b[j]) ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(change, Math.Min(row[j], row[j + 1]) + 1);
            }
        }

        return row[^1];
    }
}
