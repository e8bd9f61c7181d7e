using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>A loop whose elements have nothing to do with each other: a thread computes one of them.</summary>
internal static class PointwiseTemplate
{
    public static GpuStage Print(LoweredLoop loop, string name)
    {
        var (axes, values) = (loop.Outer.Concat(loop.Inner).ToArray(), new ScalarDialect(new StageFields()));
        var (code, sections) = (values.Code, loop.Inner.Count + 2);
        code.Push(0);
        code.PushBeside(1);
        Sections.Decode(values, "at", axes);
        Sections.Open(code, 2, sections - 1);
        foreach (var pass in loop.Passes)
        {
            // All are computed before the first is stored: a result may lie where an argument was.
            var stored = pass.Stores.Select(s => (Store: s, Value: values.Value(s.Value))).ToArray();
            foreach (var (store, value) in stored) values.Store(store, value);
        }
        var body = Sections.Close(code, sections);
        var count = values.Fields.Product(axes.Axes());
        var text = GpuStage.Head($"public static void Run({GpuStage.Self} _a)", values.Fields, values.LooksUp)
            + $"            int at = {Library.Gpu}GpuThread.Index;\n            if (at >= {count}) return;\n{body}        {CSharpText.Close}\n";
        var launch = $"{Library.Gpu}GpuLauncher.Elements(_device, _stage, {Sizes.Product(axes.Axes())});";
        return new GpuStage(
            name, loop.Template, loop.Comment, $"{Library.Gpu}IGpuStage<{GpuStage.Self}>", values.Fields.Arguments, values.LooksUp, text, launch);
    }
}
