using System.Diagnostics;
using System.Globalization;
using Bench.Quick;
using Bench.WholeModel;
using ILGPU.Runtime.CPU;
using MageDsl;
using MageDsl.Devices;
using MageDsl.Devices.Gpu;
using MageDsl.Testing;

namespace Bench.Cards;

/// <summary>
/// What a device does with the library's kernels: whether they are right there, each against its definition and in float32 and float64, forward
/// and backward; and how long they take at the sizes of ViT-B, beside a copy on the same device.
/// </summary>
internal static class CardComparison
{
    private const double SecondsPerCase = 0.5;
    private const int MostTurns = 50;

    /// <summary>What the rows of large cases are divided by where the processor has to follow.</summary>
    private const int LargeFraction = 16;

    /// <summary>
    /// Options: the device; then <c>check</c>, <c>time</c>, <c>profile</c>, <c>memory</c> or <c>host</c> for one of these (the first two if none is
    /// said), or <c>names</c> for those of the kernels; a number that rows are divided by, and a part of the names of what is to be checked or timed.
    /// </summary>
    public static int Run(string[] options)
    {
        if (options.Contains("names"))
        {
            foreach (var kernel in Kernels("")) Console.WriteLine(kernel.Name);
            return 0;
        }
        var device = Device.Open(options[0]);
        if (Environment.GetEnvironmentVariable(Device.PrecisionVariable) is { Length: > 0 } precision)
            device.Precision = Precisions.Parse(precision);
        Console.WriteLine($"{device}: {device.Description}; products in {device.Precision.Name()}");
        using var scope = new TensorScope(device);
        var (parts, name) = (options.Where(IsPart).ToArray(), options[1..].FirstOrDefault(IsName) ?? "");
        var wrong = parts is [] or ["check"] ? Check(device, name) : 0;
        if (parts is [] or ["time"]) Time(device, Fraction(options), name);
        if (parts is ["profile"]) Profile(device, Fraction(options));
        if (parts is ["memory"]) Memory(Dry(device));
        if (parts is ["host"]) Host(Dry(device));
        return wrong == 0 ? 0 : 1;
    }

    private static KernelInfo[] Kernels(string name)
        => [.. KernelRegistry.All().Where(k => k.Owner?.Assembly == typeof(Tensor).Assembly && k.Name.Contains(name, StringComparison.Ordinal))];

    private static bool IsPart(string option) => option is "check" or "time" or "profile" or "memory" or "host";

    private static int Fraction(string[] options) => options.Select(o => int.TryParse(o, out var n) ? n : 0).Max() is var n and > 0 ? n : 1;

    private static bool IsName(string option) => !IsPart(option) && !int.TryParse(option, out _);

    private static int Check(Device device, string name)
    {
        var start = Stopwatch.GetTimestamp();
        var (right, wrong) = (0, 0);
        var kernels = Kernels(name);
        // What goes by fours does so with sizes that are multiples of four.
        foreach (var (kernel, sizes) in kernels.Select(k => (k, Sizes: AxisSizes.Choose(k, 1))).Concat(kernels.Select(k => (k, Sizes: Fours(k)))))
        {
            try
            {
                using var scope = new TensorScope();
                var options = new GradientCheckOptions { Device = device, Sizes = sizes, Domains = Domains(kernel), MaxElements = 20 };
                var failure = device.Precision == Precision.Float32
                    ? GradientCheck.Run(kernel, options) is { Passed: false } result ? result.ToString() : null
                    : Rounding.Failure(kernel, options with { Sizes = AxisSizes.Choose(kernel, 2, least: 17, most: 36) });
                if (failure is null) right++;
                else Report(failure);
            }
            catch (Exception e)
            {
                Report($"{kernel.Name}: {e}");
            }
        }
        foreach (var test in CardCase.All(LargeFraction).Where(test => test.Name.Contains(name, StringComparison.Ordinal)))
        {
            if (Rounding.Failure(test.Name, test.Numbers(Device.Open("cpu")), test.Numbers(device), device.Precision) is { } failure) Report(failure);
            else right++;
        }
        Console.WriteLine(
            $"{kernels.Length} kernels, each at two sizes, and large ones: {right} agree with their definitions on {device}, {wrong} do not; " +
            $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        return wrong;

        void Report(string text)
        {
            wrong++;
            Console.WriteLine(text);
        }
    }

    /// <summary>Sizes of four, unless the definition wants others.</summary>
    private static IReadOnlyDictionary<string, int> Fours(KernelInfo kernel)
    {
        try
        {
            return AxisSizes.Choose(kernel, 2, least: 4, most: 4);
        }
        catch (ExprException)
        {
            return AxisSizes.Choose(kernel, 2);
        }
    }

    /// <summary>Divisors and roots must not be near zero.</summary>
    private static Dictionary<string, InputDomain> Domains(KernelInfo kernel) =>
        kernel.Parameters.Where(p => p.Name is "mask" or "second").ToDictionary(p => p.Name, _ => InputDomain.Positive);

    private static void Time(Device device, int fraction, string name)
    {
        var copied = (nuint)(256 << 20) / (nuint)fraction;
        var (from, to) = (device.Allocate(copied), device.Allocate(copied));
        var copy = 2 * (double)copied / Median(device, () => device.Copy(from, to));
        device.Free(from);
        device.Free(to);
        Console.WriteLine($"a copy of {copied >> 20} MiB: {copy / 1e9:0} GB/s\n");
        Console.WriteLine("| kernel | first, ms | forward, µs | of the copy | GFLOP/s | with backward, µs | of the copy | GFLOP/s |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var test in CardCase.All(fraction).Where(test => test.Name.Contains(name, StringComparison.Ordinal)))
        {
            using var scope = new TensorScope();
            var inputs = test.Inputs();
            Row(test.Name, test.Bytes, test.BackwardBytes, test.Operations, () => test.Forward(inputs),
                test.Differentiated > 0 ? () => test.ForwardBackward(inputs) : null);
        }
        var size = ModelSize.ForCards(isLarge: fraction == 1);
        var steps = $"{size.Name}: decoding iteration, training step";
        if (!steps.Contains(name, StringComparison.Ordinal)) return;
        using var model = new OwnModel(size);
        Row(steps, 0, 0, 0, () => model.Do("decode"), () => model.Do("step"));

        void Row(string name, double bytes, double backwardBytes, double operations, Action forward, Action? both)
        {
            var first = Statistics.Time(() =>
            {
                forward();
                both?.Invoke();
                device.Synchronize();
            });
            var seconds = Median(device, forward);
            Console.Write(string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {first * 1e3:0} | {seconds * 1e6:0.0} | {Share(bytes, seconds)} | {Speed(operations, seconds)} | "));
            seconds = both is null ? double.NaN : Median(device, both);
            Console.WriteLine(both is null ? "| | |" : string.Create(CultureInfo.InvariantCulture,
                $"{seconds * 1e6:0.0} | {Share(backwardBytes, seconds)} | {Speed(3 * operations, seconds)} |"));
        }

        string Share(double bytes, double seconds) => bytes == 0 ? "" : (bytes / seconds / copy).ToString("0.00", CultureInfo.InvariantCulture);

        string Speed(double operations, double seconds) =>
            operations == 0 ? "" : (operations / seconds / 1e9).ToString("0", CultureInfo.InvariantCulture);
    }

    /// <summary>Where a training step and a decoding iteration spend their time, each launch by itself.</summary>
    private static void Profile(Device device, int fraction)
    {
        using var model = new OwnModel(ModelSize.ForCards(isLarge: fraction == 1));
        foreach (var what in new[] { "step", "decode" })
        {
            Do();
            LaunchReport.Print(what, 3, Do);

            double[] Do()
            {
                var parts = model.Do(what);
                device.Synchronize();
                return parts;
            }
        }
    }

    /// <summary>
    /// For <c>ilgpu</c> a card whose launches are left out: what they would compute changes nothing about what they take of memory, and of the host.
    /// </summary>
    private static Device Dry(Device device) => device is not GpuDevice { Accelerator: CPUAccelerator } imitated ? device
        : new GpuDevice("dry", CudaKind.NewCard(processors: 132) with { IsDry = true }, imitated.Accelerator)
        {
            Precision = device.Precision,
        };

    /// <summary>How many launches a training step is, and what the host takes to ask for them.</summary>
    private static void Host(Device device)
    {
        Device.Default = device;
        using var scope = new TensorScope(device);
        foreach (var size in new[] { ModelSize.OfTraining, ModelSize.ForCards(isLarge: true) })
        {
            using var model = new OwnModel(size);
            // So often that the code is as it stays.
            for (var i = 0; i < 300; i++) Step();
            int launches;
            using (var profile = new LaunchProfile())
            {
                Step();
                launches = profile.Times.Sum(time => time.Count);
            }
            var seconds = Median(device, Step);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{size.Name}: a training step is {launches} launches; asking for it takes {seconds * 1e3:0.00} ms, " +
                $"{seconds * 1e6 / launches:0.0} µs each"));

            void Step() => model.Do("step");
        }
    }

    /// <summary>What a training step takes of a device's memory.</summary>
    private static void Memory(Device device)
    {
        Device.Default = device;
        using var scope = new TensorScope(device);
        var size = ModelSize.ForCards(isLarge: true);
        using var model = new OwnModel(size);
        model.Do("step");
        var lasting = device.Pool.InUseBytes;
        // How many tokens are masked changes from step to step.
        var passes = Enumerable.Range(0, 8).Select(_ => model.Do("memory")).ToArray();
        Console.WriteLine(
            $"{size.Name}: parameters and moments take {Text(lasting)}; a training step {Text(passes.Max(p => p[1]))} more at its peak, of which " +
            $"the forward pass keeps {Text(passes.Max(p => p[0]))} (the most in {passes.Length} steps)");

        static string Text(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 30):0.00} GiB");
    }

    /// <summary>Seconds of one, with several asked for at once, as in a training step: the host does not wait in between.</summary>
    private static double Median(Device device, Action work)
    {
        work();
        device.Synchronize();
        var once = Statistics.Time(() =>
        {
            work();
            device.Synchronize();
        });
        var together = Math.Clamp((int)(SecondsPerCase / 5 / once), 1, MostTurns);
        return Statistics.Median(Enumerable.Range(0, 5).Select(_ => Statistics.Time(() =>
        {
            for (var i = 0; i < together; i++) work();
            device.Synchronize();
        }) / together));
    }
}
