using MageDsl;
using MageDsl.Devices;
using MageDsl.Testing;
using Xunit;

namespace Dsl.Tests.Kernels;

/// <summary>Which kernels there are to check, on which devices, and what inputs and sizes suit them.</summary>
internal static class KernelCases
{
    /// <summary>
    /// The most values that a definition may have along all axes of the kernel, for a check by differences to take no time to speak of.
    /// </summary>
    private const int MostElements = 6000;

    /// <summary>The kernels of the modules of these types, after their modules have registered them.</summary>
    public static IReadOnlyList<KernelInfo> Of(params Type[] types)
    {
        foreach (var type in types) System.Runtime.CompilerServices.RuntimeHelpers.RunModuleConstructor(type.Module.ModuleHandle);
        return KernelRegistry.All();
    }

    /// <summary>
    /// The environment variable for one kernel of how many runs on devices whose code is compiled while the tests run: that takes seconds for each
    /// on a processor. With 1 all of them run, as they should once after every change of that code; so they do on cards.
    /// </summary>
    private const string ShareVariable = "MAGEDSL_DEVICE_SHARE";

    /// <summary>
    /// The environment variable for the only device that kernels run on here: who has a card for minutes has no time for the others.
    /// </summary>
    private const string OnlyVariable = "MAGEDSL_DEVICE_ONLY";

    /// <summary>
    /// The kernels, each on every device that this machine has and that it was compiled for: names of device and kernel. On devices that are the
    /// processor in another guise it is a fixed share of them.
    /// </summary>
    public static IEnumerable<TheoryDataRow<string, string>> OnEveryDevice(IEnumerable<KernelInfo> kernels) =>
        from device in Device.Kinds
        where Environment.GetEnvironmentVariable(OnlyVariable) is not { Length: > 0 } only || only == device.Name
        let compiled = kernels.Where(kernel => kernel.Targets.Contains(device.Target)).OrderBy(k => k.Name, StringComparer.Ordinal).ToArray()
        where compiled.Length > 0 && IsHere(device)
        let share = ShareOf(device)
        from kernel in compiled.Where((_, i) => i % share == 0)
        select new TheoryDataRow<string, string>(device.Name, kernel.Name);

    /// <summary>Skips what takes minutes to compile where a driver imitates a card on the processor, unless all is asked for.</summary>
    public static void SkipWhereSlow(string device)
    {
        if (device != "opencl" || Environment.GetEnvironmentVariable(ShareVariable) == "1") return;
        Assert.SkipWhen(
            Device.Kinds.Single(kind => kind.Name == device).FindAccelerator() is null,
            $"a processor compiles it for minutes; {ShareVariable}=1 runs it");
    }

    /// <summary>Skips what takes long, unless all is asked for.</summary>
    public static void SkipUnlessAll(string why) =>
        Assert.SkipUnless(Environment.GetEnvironmentVariable(ShareVariable) == "1", $"{why}; {ShareVariable}=1 runs it");

    /// <summary>One kernel of so many.</summary>
    private static int ShareOf(DeviceKind device) =>
        device.Name == "cpu" || device.FindAccelerator() != null ? 1
            : int.TryParse(Environment.GetEnvironmentVariable(ShareVariable), out var given) && given > 0 ? given
            : device.Name == "ilgpu" ? 45 : 160;

    private static bool IsHere(DeviceKind kind)
    {
        try
        {
            return kind.Open() is not null;
        }
        catch (DeviceException)
        {
            return false;
        }
    }

    /// <summary>A kernel by its name.</summary>
    public static KernelInfo Find(string name) => KernelRegistry.All().Single(kernel => kernel.Name == name);

    /// <summary>Where a kernel differs from its definition, in results or gradients, over all flags and sizes; empty if nowhere.</summary>
    public static IReadOnlyList<string> Failures(string name, string device = "cpu")
    {
        var kernel = Find(name);
        var failures = new List<string>();
        foreach (var scalars in Flags(kernel))
        {
            foreach (var sizes in device == "cpu" ? Sizes(kernel, scalars) : DeviceSizes(kernel, scalars))
            {
                var result = GradientCheck.Run(kernel, Options(kernel, sizes, scalars, seed: 1) with { Device = Device.Open(device) });
                if (!result.Passed) failures.Add(result.ToString());
            }
        }
        return failures;
    }

    /// <summary>Every setting of the bool parameters.</summary>
    public static IEnumerable<Dictionary<string, object>> Flags(KernelInfo kernel)
    {
        var flags = kernel.Parameters.Where(p => p.Kind == KernelParameterKind.Bool).Select(p => p.Name).ToArray();
        for (var bits = 0; bits < 1 << flags.Length; bits++)
            yield return flags.Select((name, i) => (name, on: (bits >> i & 1) != 0)).ToDictionary(f => f.name, object (f) => f.on);
    }

    /// <summary>The axes of a kernel's parameters whose sizes its layouts do not fix.</summary>
    public static IReadOnlyList<string> FreeAxes(KernelInfo kernel) =>
    [
        .. kernel.Parameters.Where(p => p.IsTensor).SelectMany(p => TensorLayout.Parse(p.Layout).Axes).GroupBy(a => a.Name)
            .Where(g => g.All(a => a.Fixed == 0)).Select(g => g.Key),
    ];

    /// <summary>Sizes to check with: small ones drawn twice, all ones, and for each axis 3, 17 or 257 with the others small.</summary>
    public static IEnumerable<IReadOnlyDictionary<string, int>> Sizes(KernelInfo kernel, IReadOnlyDictionary<string, object> scalars)
    {
        var seen = new HashSet<string>();
        foreach (var sizes in Drawn(kernel, scalars))
            if (sizes != null && seen.Add(string.Join(" ", sizes.OrderBy(s => s.Key, StringComparer.Ordinal)))) yield return sizes;
    }

    private static IEnumerable<IReadOnlyDictionary<string, int>?> Drawn(KernelInfo kernel, IReadOnlyDictionary<string, object> scalars)
    {
        yield return AxisSizes.Choose(kernel, 1, scalars: scalars);
        yield return AxisSizes.Choose(kernel, 2, scalars: scalars, least: 1, most: 4);
        yield return Try(kernel, scalars, new Dictionary<string, int>(), 1, 1);
        var axes = FreeAxes(kernel);
        for (var i = 0; i < axes.Count; i++)
        {
            foreach (var size in new[] { 257, 17 })
            {
                var sizes = Try(kernel, scalars, new Dictionary<string, int> { [axes[i]] = size }, 1, 3);
                if (sizes is null || sizes.Values.Aggregate(1L, (product, n) => product * n) > MostElements) continue;
                yield return sizes;
                break;
            }
        }
    }

    /// <summary>
    /// Sizes to check with where code is compiled for all of them at once: some small ones, some that take more than a group of threads, and
    /// multiples of four, where threads take four elements at once.
    /// </summary>
    private static IEnumerable<IReadOnlyDictionary<string, int>> DeviceSizes(KernelInfo kernel, IReadOnlyDictionary<string, object> scalars)
    {
        foreach (var sizes in Sizes(kernel, scalars).Where((_, i) => i is 0 or 3)) yield return sizes;
        var fours = Try(kernel, scalars, new Dictionary<string, int>(), 4, 4);
        if (fours != null && fours.Values.Aggregate(1L, (product, n) => product * n) <= MostElements) yield return fours;
    }

    /// <summary>Sizes for a large launch, that takes several threads: about so many elements along all axes.</summary>
    public static IReadOnlyDictionary<string, int> Large(KernelInfo kernel, IReadOnlyDictionary<string, object> scalars, int elements)
    {
        // Results may have axes that no parameter has: the same under another name, or new ones.
        var axes = kernel.Results.SelectMany(r => TensorLayout.Parse(r).Axes)
            .Where(a => a.Fixed == 0).Select(a => a.Name).Union(FreeAxes(kernel)).Count();
        var each = axes == 0 ? 1 : Math.Max(2, (int)Math.Pow(elements, 1.0 / axes));
        return Try(kernel, scalars, new Dictionary<string, int>(), each, each + 1) ?? AxisSizes.Choose(kernel, 3, scalars: scalars);
    }

    /// <summary>Options with the hints for this kernel.</summary>
    public static GradientCheckOptions Options(
        KernelInfo kernel, IReadOnlyDictionary<string, int> sizes, IReadOnlyDictionary<string, object> scalars, int seed) => new()
        {
            Seed = seed,
            Sizes = sizes,
            Scalars = scalars,
            Domains = kernel.Parameters.Where(p => p.Kind == KernelParameterKind.Tensor && WantsPositive(kernel, p))
                .ToDictionary(p => p.Name, _ => InputDomain.Positive),
            MaxElements = 12,
        };

    /// <summary>Roots, logarithms and divisors: test kernels say it by the name; masks must not add up to nothing.</summary>
    private static bool WantsPositive(KernelInfo kernel, KernelParameter parameter) =>
        parameter.Name is "positive" or "mask"
        || (parameter.Name is "second" or "squares" && kernel.Name.Contains("OptimizerKernels.AdamW", StringComparison.Ordinal));

    private static IReadOnlyDictionary<string, int>? Try(
        KernelInfo kernel, IReadOnlyDictionary<string, object> scalars, IReadOnlyDictionary<string, int> given, int least, int most)
    {
        try
        {
            return AxisSizes.Choose(kernel, 5, given, scalars, least, most);
        }
        catch (ExprException)
        {
            // A window or a slice wants more than that: no such sizes.
            return null;
        }
    }
}
