using ILGPU;
using ILGPU.Algorithms;
using MageDsl.Devices.Gpu.Ilgpu;

namespace MageDsl.Devices.Gpu;

/// <summary>Where texts of kernels are kept from one process to the next, and under which keys.</summary>
internal static class KernelFiles
{
    /// <summary>The environment variable that names the folder, or says <c>off</c>.</summary>
    public const string Variable = "MAGEDSL_CACHE";

    private const long MostBytes = 256L << 20;

    /// <summary>Those of the process; null if there are to be none.</summary>
    public static FileCache? Shared { get; }
        = Folder(Environment.GetEnvironmentVariable(Variable)) is { } folder ? new FileCache(folder, MostBytes) : null;

    /// <summary>The folder that a value of MAGEDSL_CACHE means: without one that of the system for such things; null if there is none.</summary>
    public static string? Folder(string? setting)
    {
        if (!string.IsNullOrWhiteSpace(setting)) return setting.Trim().Equals("off", StringComparison.OrdinalIgnoreCase) ? null : setting;
        var user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var caches = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } named ? named
            : user.Length > 0 ? Path.Combine(user, ".cache") : "";
        return caches.Length > 0 ? Path.Combine(caches, "magedsl", "kernels") : null;
    }

    /// <summary>
    /// All that the text of a stage depends on, one a line: the device, the type, and the code of whatever takes part, methods of .NET included. A
    /// module's ID follows from its content.
    /// </summary>
    /// <param name="stage">The stage.</param>
    /// <param name="target">What is to be known of the device.</param>
    public static string Key(Type stage, string target)
    {
        Type[] always = [typeof(KernelFiles), typeof(Context), typeof(AlgorithmContext), typeof(object)];
        var modules = TypeParts.Of(stage).Concat(always).Select(type => $"{type.Assembly.GetName().Name} {type.Module.ModuleVersionId}");
        return string.Join('\n', modules.Distinct().Order(StringComparer.Ordinal).Prepend(stage.ToString()).Prepend(target));
    }
}
