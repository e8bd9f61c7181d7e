using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>
/// A loop whose elements have nothing to do with each other: a thread computes one of them, or four neighbours. What it writes in place of an
/// argument it also writes as words, where there are such beside the argument.
/// </summary>
internal static class PointwiseTemplate
{
    public static GpuStage Print(LoweredLoop loop, string name)
    {
        var axes = loop.Outer.Concat(loop.Inner).ToArray();
        var values = new ScalarDialect(new StageFields(), quads: QuadPlan.Of(loop, axes.LastOrDefault())) { Flat = (axes, "at") };
        var (code, sections) = (values.Code, loop.Inner.Count + 2);
        code.Push(0);
        code.PushBeside(1);
        JointAxes.Of(loop.Passes.SelectMany(p => p.Roots), loop.Passes.SelectMany(p => p.Stores)).Decode(values, "at", axes);
        Sections.Open(code, 2, sections - 1);
        var beside = new List<Place>();
        foreach (var pass in loop.Passes)
        {
            // All are computed before the first is stored: a result may lie where an argument was.
            var stored = pass.Stores.Select(s => (Store: s, Value: values.Value(s))).ToArray();
            foreach (var (store, value) in stored)
            {
                values.Store(store, value);
                if (!store.IsOverArgument) continue;
                beside.Add(store.Place);
                var words = $"_a.{GpuFields.Words(store.Place)}";
                code.Line($"if ({LaunchClass.Short}.IsShort && {words}.Length > 0) L.StoreShort({words}, {values.Distance(store.Access)}, {value});");
            }
        }
        var body = Sections.Close(code, sections);
        var count = values.Fields.Product(axes.Axes());
        var signature = $"public static void Run<{GpuBackend.Lanes}>({GpuStage.Self} _a) {GpuBackend.LaneConstraints}";
        var text = values.Quads.Member + GpuStage.Head(signature, values.Fields, values.LooksUp)
            + $"            int at = {Library.Gpu}GpuThread.Index * L.Width;\n            if (at >= {count}) return;\n"
            + $"{body}        {CSharpText.Close}\n";
        var sizes = $"{Sizes.Product(axes.Axes())}, {values.Quads.Condition}";
        var launch = $"{Library.Gpu}GpuLauncher.Elements<{GpuStage.Self}, T, S>(_device, _stage, {sizes});";
        return new GpuStage(
            name, values.Quads.Describe(loop), loop.Comment, $"{Library.Gpu}IGpuElements<{GpuStage.Self}, T>",
            values.Fields.Arguments, values.LooksUp, text, launch)
        {
            Beside = beside,
        };
    }
}
