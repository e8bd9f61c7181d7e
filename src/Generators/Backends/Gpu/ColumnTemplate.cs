using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>
/// A loop in a row block that sums across its rows: the group goes from row to row, and of each adds to where the sums lie. An element of a sum is
/// one thread's, so nothing is added by two threads at once, and a run repeats to the last bit.
/// </summary>
internal static class ColumnTemplate
{
    // A nesting in which no value is known.
    private const int Apart = -1;

    public static GpuStage PrintPart(LoweredLoop loop, string name, IReadOnlyList<string> rows)
    {
        var values = new ScalarDialect(new StageFields()) { Rows = rows };
        var code = values.Code;
        code.Push(0);
        code.PushBeside(1);
        Sections.Decode(values, "row", loop.Outer);
        foreach (var column in loop.Passes.SelectMany(p => p.Columns)) Add(values, loop, column);
        var body = Sections.Close(code, 2);
        var text = new StringBuilder(GpuStage.Head(
            $"public static void Columns({GpuStage.Self} _a, {GpuStage.Rows} {GpuStage.At}, int row)", values.Fields, values.LooksUp, rows));
        text.Append("            int threads = global::ILGPU.Group.DimX * global::ILGPU.Group.DimY;\n");
        text.Append("            int thread = global::ILGPU.Group.IdxY * global::ILGPU.Group.DimX + global::ILGPU.Group.IdxX;\n");
        text.Append(body).Append($"        {CSharpText.Close}\n");
        var way = $"{Library.Gpu}IGpuRowColumns<{GpuStage.Self}, T>";
        return new GpuStage(name, loop.Template, loop.Comment, way, values.Fields.Arguments, values.LooksUp, text.ToString(), Launch: "");
    }

    private static void Add(ScalarDialect values, LoweredLoop loop, ColumnReduction column)
    {
        var code = values.Code;
        var own = loop.Inner.Where(v => column.Access.Varies(v)).ToArray();
        var others = loop.Inner.Except(own).ToArray();
        var (at, term) = (code.Name("at"), code.Name("term"));
        var neutral = Reductions.Neutral(column.Reduction.Op);
        if (own.Length == 0)
        {
            // All of the group add up the row.
            var part = code.New("sum", "T", neutral, code.Innermost);
            Terms(part, "thread", "threads");
            var sum = code.New("r", "T", $"{Reduce}.SumY({GpuStage.At}.Shared, {Reduce}.SumX({GpuStage.At}.Shared, {part}))", code.Innermost);
            code.Push(Apart);
            Store(sum);
            var stored = code.Pop();
            code.Block("if (thread == 0)", stored);
            return;
        }
        code.Push(Apart);
        Sections.Decode(values, at, own);
        var total = code.New("sum", "T", neutral, code.Innermost);
        Terms(total, "0", "1");
        Store(total);
        var each = code.Pop();
        code.Block($"for (int {at} = thread; {at} < {values.Fields.Product(own.Axes())}; {at} += threads)", each);

        void Terms(string sum, string first, string step)
        {
            code.Push(2);
            Sections.Decode(values, term, others);
            Sections.Open(code, 3, loop.Inner.Count + 1);
            code.Line($"{sum} = S.Add({sum}, {values.Value(column.Reduction.Value)});");
            var body = Sections.Close(code, loop.Inner.Count);
            code.Block($"for (int {term} = {first}; {term} < {values.Fields.Product(others.Axes())}; {term} += {step})", body);
        }

        void Store(string sum)
        {
            // Where it goes is known outside of the terms: written anew.
            var to = new ScalarDialect(values.Fields, new CodeWriter(code.Name("to")));
            to.Code.Push(0);
            Sections.Open(to.Code, 1, loop.Inner.Count + 1);
            var element = to.Element(column.Place, column.Access);
            to.Code.Line($"{element} = S.Add({element}, {sum});");
            code.Append(Sections.Close(to.Code, loop.Inner.Count + 2));
        }
    }

    private const string Reduce = Library.Gpu + "GpuReduce<T, S>";
}
