using MageDsl.Generators.Backends;
using MageDsl.Generators.Backends.Cpu;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;
using Xunit;
using static Generators.Tests.GeneratorHarness;

namespace Generators.Tests.Compiler;

/// <summary>Temporaries share one arena: never two that are needed at once, and in place where the stage allows it.</summary>
public class MemoryPlanTests
{
    private static ProgramCode Emit(Program program, bool fusion, bool conditional) =>
        CpuBackend.Instance.Kernel().Add(ProgramPlan.Of("Stage", LibraryKernels.Schedule(program, fusion), conditional));

    /// <summary>The programs of every kernel of the library with every setting of its flags, fused and unfused.</summary>
    private static IEnumerable<(string Name, ProgramCode Program, int Outputs)> Library()
    {
        foreach (var (name, kernel) in LibraryKernels.All)
        {
            foreach (var on in new[] { false, true })
            {
                var programs = LibraryKernels.Programs(kernel, on ? [.. kernel.Parameters.Select(p => p.Name)] : []);
                foreach (var fusion in new[] { true, false })
                {
                    if (!fusion && kernel.Results.Any(r => r.Into.Length > 0)) continue;
                    yield return (name, Emit(programs.Forward, fusion, conditional: false), 0);
                    yield return (name, Emit(programs.Inference, fusion, conditional: false), 0);
                    if (programs.Backward is { } backward) yield return (name, Emit(backward, fusion, conditional: true), backward.Outputs.Count);
                }
            }
        }
    }

    /// <summary>Plays the launches, with a note in every slot of whose values lie in it: nobody may read what another has written over.</summary>
    [Fact]
    public void Nobody_finds_another_value_in_its_place_whichever_gradients_are_wanted()
    {
        var shared = 0;
        foreach (var (name, program, outputs) in Library())
        {
            shared += program.Plan.Memory.Slots.Sum(s => s.Count - 1);
            for (var bit = -1; bit < outputs; bit++) Play(name, program, launch => bit < 0 || (launch.Wanted >> bit & 1) != 0);
        }
        Assert.True(shared > 0, "no slot is shared at all");
    }

    private static void Play(string name, ProgramCode program, Func<LaunchPlan, bool> runs)
    {
        var slotOf = program.Plan.Memory.Slots.SelectMany((slot, i) => slot.Select(buffer => (buffer.Name, i))).ToDictionary(p => p.Name, p => p.i);
        Assert.Equal(program.Schedule.Temporaries.Count, slotOf.Count);
        var owner = new string?[program.Plan.Memory.Slots.Count];
        var begun = new HashSet<string>();
        foreach (var code in program.Launches.Where(l => runs(l.Plan)))
        {
            var written = code.Plan.Stages.SelectMany(s => s.Items).Where(i => program.Schedule.Places.ContainsKey(i.Node))
                .Select(i => program.Schedule.Places[i.Node].Buffer.Name).ToHashSet();
            var touched = code.Buffers.Where(slotOf.ContainsKey).ToHashSet();
            // What is read, and what was begun before, must be there still; then what is written takes its place.
            foreach (var buffer in touched.Where(b => !written.Contains(b) || begun.Contains(b)))
            {
                Assert.True(
                    owner[slotOf[buffer]] == buffer, $"{name}: {code.Plan.Name} wants {buffer} and finds {owner[slotOf[buffer]] ?? "nothing"}");
            }
            var fresh = touched.Where(b => written.Contains(b) && begun.Add(b)).ToArray();
            Assert.Equal(fresh.Length, fresh.Select(b => slotOf[b]).Distinct().Count());
            foreach (var buffer in fresh) owner[slotOf[buffer]] = buffer;
        }
    }

    [Fact]
    public void The_arena_is_never_larger_than_the_temporaries_side_by_side()
    {
        var random = new Random(1);
        foreach (var (name, program, _) in Library())
        {
            for (var trial = 0; trial < 3; trial++)
            {
                var sizes = new Dictionary<string, long>();
                long Size(string axis) => sizes.TryGetValue(axis, out var size) ? size : sizes[axis] = random.Next(1, 300);
                foreach (var bytes in new[] { 4, 8 })
                    Assert.True(program.Plan.Memory.Bytes(Size, bytes) <= program.Plan.Memory.BytesUnshared(Size, bytes), name);
            }
        }
    }

    /// <summary>The plan of an expression, in which S is a product over n and m.</summary>
    private static MemoryPlan Plan(string expression, string layout, bool fusion)
    {
        (string Name, string Text)[] known =
        [
            ("c", "[Dims(\"n j\")] Expr c"), ("d", "[Dims(\"m j\")] Expr d"), ("e", "[Dims(\"p m\")] Expr e"), ("i", "[Ids(\"q\")] Expr i"),
        ];
        var used = known
            .Where(p => System.Text.RegularExpressions.Regex.IsMatch(expression, $@"\b(?<!""){p.Name}\b(?!"")")).Select(p => p.Text);
        var parameters = string.Join(", ", used.Prepend("[Dims(\"n k\")] Expr a, [Dims(\"m k\")] Expr b"));
        var kernel = Model($"[Kernel(Differentiable = false)] [return: Dims(\"{layout}\")] public static Expr F({parameters}) " +
            $"{{ var S = Sum(a * b, \"k\"); return {expression}; }}");
        return Emit(LibraryKernels.Programs(kernel).Inference, fusion, conditional: false).Plan.Memory;
    }

    private static string Shapes(MemoryPlan plan) =>
        string.Join(
            " | ", plan.Slots.Select(slot => string.Join(", ", slot.OrderBy(b => plan.Alive(b).First).Select(b => string.Join(" ", b.Axes)))));

    // A value that is looked up lies in memory, whatever is fused.
    [Theory]
    [InlineData(false, "Max(Exp(Tanh(S)), \"m\")", "n", "n m, n m, n m")] // each where the one before was
    [InlineData(true, "Gather(S * Rsqrt(Sum(S * S, \"m\")), \"n\", i)", "q m", "n m, n m")] // in the second pass over a row, the last that reads it
    [InlineData(true, "Gather(S * Sum(c * d, \"j\"), \"n\", i)", "q m", "n m, n m")] // in the epilogue of a product
    [InlineData(false, "Max(S, \"n\") * Sum(c * d, \"j\")", "n m", "n m, n m | m")] // one that is long dead
    public void A_value_takes_the_place_of_one_that_dies(bool fusion, string expression, string layout, string slots) =>
        Assert.Equal(slots, Shapes(Plan(expression, layout, fusion)));

    [Theory]
    [InlineData(false, "Max(S + S.Rename(\"n\", \"p\").Rename(\"m\", \"n\").Rename(\"p\", \"m\"), \"m\")", "n", "n m | n m")] // read transposed
    // a later pass reads it once more
    [InlineData(true, "Gather(Exp(S), \"n\", i) * Gather(Sum((S - Max(S, \"m\")) * S, \"m\"), \"n\", i)", "q m", "n m | n m | n")]
    [InlineData(false, "Max(Sum(S.Rename(\"m\", \"p\") * e, \"p\"), \"m\")", "n", "n m | n m")] // an operand is read for every column
    public void But_not_where_it_is_still_to_be_read(bool fusion, string expression, string layout, string slots) =>
        Assert.Equal(slots, Shapes(Plan(expression, layout, fusion)));
}
