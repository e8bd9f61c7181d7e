using Fuzz.Tests.Programs;

namespace Fuzz.Tests.Generation;

/// <summary>Random well-typed kernels of 1 to 30 lines: a beginning that looks like a layer, or none, and then anything that fits.</summary>
internal sealed class ProgramGenerator
{
    private const int MostLines = 30;

    private readonly ProgramBuilder b;
    private readonly List<int> pool;
    private readonly Random random;

    private ProgramGenerator(Random random, bool isWild)
    {
        this.random = random;
        b = new ProgramBuilder(random) { IsFragile = random.NextDouble() < 0.06, IsWild = isWild };
        pool = Recipes.Any(b);
    }

    /// <summary>Every other pair of seeds is of a wild program.</summary>
    private static bool IsWild(int seed) => seed / 2 % 2 != 0;

    /// <summary>The program of a seed; the same for ever, as long as the generator is.</summary>
    public static FuzzProgram Generate(int seed)
    {
        var generator = new ProgramGenerator(new Random(seed), IsWild(seed));
        return generator.Run($"Fuzz{seed}", seed);
    }

    private FuzzProgram Run(string name, int seed)
    {
        // A tail of many steps is for programs that begin with nothing.
        var steps = b.Nodes.Count(n => !n.IsParameter) < 3 ? 1 + random.Next(14) : random.Next(random.Next(1, 8));
        for (var i = 0; i < steps && b.Nodes.Count(n => !n.IsParameter) < MostLines - 6; i++)
            if ((b.IsWild && b.Chance(0.4) ? Wild.Step(b, pool) : Soup.Step(b, pool)) is { } made) pool.Add(made);
        return new FuzzProgram(name, seed, b.Nodes, Results(), b.Axes) { IsWild = b.IsWild, Choices = Choices() };
    }

    /// <summary>The other way as often as what the cost model decides, which supposes other sizes than these.</summary>
    private string Choices()
    {
        string[] choices =
        [
            b.Pick("", "", "Scores = Scores.Recompute", "Scores = Scores.Keep"),
            b.Pick("", "", "Prologue = Prologue.Pack", "Prologue = Prologue.Store"),
        ];
        return string.Join(", ", choices.Where(c => c.Length > 0));
    }

    /// <summary>The last value, and sometimes others; real ones first.</summary>
    private List<Result> Results()
    {
        var candidates = pool.Where(id => !b[id].IsParameter && b[id].Type == Element.Real).ToList();
        if (candidates.Count == 0) candidates.Add(b.Unary("Sin", pool.First(id => b[id].Type == Element.Real)));
        var chosen = new List<int> { candidates[^1] };
        while (b.Chance(0.35) && chosen.Count < 4)
            if (candidates[random.Next(candidates.Count)] is var other && !chosen.Contains(other)) chosen.Add(other);
        var live = new FuzzProgram("", 0, b.Nodes, [.. chosen.Select(id => new Result(id, ""))], b.Axes).Live();
        string[] known = [.. live.Where(id => b[id].Kind == NodeKind.Tensor).SelectMany(id => b[id].Axes).Distinct()];
        var ids = pool.Where(id => b[id].Type == Element.Ids && b[id].Text.StartsWith("Arg", StringComparison.Ordinal)).Take(1);
        return [.. chosen.Concat(ids).Select(id => new Result(id, Layout(id, known)))];
    }

    /// <summary>A layout of any order; now and then with an axis along which the value is repeated.</summary>
    private string Layout(int id, string[] known)
    {
        var names = b[id].Axes.ToList();
        if (b.Chance(0.05) && known.FirstOrDefault(a => !names.Contains(a) && b.Fits([.. names, a])) is { } extra) names.Add(extra);
        string[] order = [.. names];
        if (b.Chance(0.4)) random.Shuffle(order);
        return b.Layout(order);
    }
}
