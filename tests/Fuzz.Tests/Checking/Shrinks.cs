using Fuzz.Tests.Programs;

namespace Fuzz.Tests.Checking;

/// <summary>The programs that are one step simpler than a program. Not all of them are kernels; the compiler says which.</summary>
internal static class Shrinks
{
    public static IEnumerable<FuzzProgram> Of(FuzzProgram program) =>
        Results(program).Concat(Arguments(program)).Concat(Parameters(program)).Concat(Sizes(program)).Concat(Layouts(program))
            .Concat(program.Choices.Length > 0 ? [program with { Choices = "" }] : []);

    /// <summary>One result alone, or all but one; or an earlier value in place of one.</summary>
    private static IEnumerable<FuzzProgram> Results(FuzzProgram program)
    {
        if (program.Results.Count > 1)
        {
            foreach (var result in program.Results)
            {
                yield return program with { Results = [result] };
                yield return program with { Results = [.. program.Results.Where(r => r != result)] };
            }
        }
        for (var i = 0; i < program.Results.Count; i++)
        {
            foreach (var id in program.Live()
                .Where(id => !program.Nodes[id].IsParameter && program.Nodes[id].Type == program.Nodes[program.Results[i].Node].Type))
            {
                if (program.Results.Any(r => r.Node == id)) continue;
                var results = program.Results.ToArray();
                results[i] = new Result(id, string.Join(" ", program.Nodes[id].Axes));
                yield return program with { Results = results };
            }
        }
    }

    /// <summary>A value in place of one that is computed from it.</summary>
    private static IEnumerable<FuzzProgram> Arguments(FuzzProgram program)
    {
        foreach (var id in program.Live().Where(id => !program.Nodes[id].IsParameter))
        {
            var node = program.Nodes[id];
            foreach (var arg in node.Args.Distinct().Where(a => program.Nodes[a].Type == node.Type && program.Nodes[a].Axes.All(node.Axes.Contains)))
                yield return Replace(program, id, arg);
        }
    }

    /// <summary>A parameter in place of a real value, or one over fewer axes; a constant in place of a parameter.</summary>
    private static IEnumerable<FuzzProgram> Parameters(FuzzProgram program)
    {
        foreach (var id in program.Live())
        {
            var node = program.Nodes[id];
            if (node.Type != Element.Real || node.Kind is NodeKind.Float) continue;
            var parameter = new Node(
                NodeKind.Tensor, string.Join(" ", node.Axes), [], Element.Real, node.Axes, node.Low >= 0.2 ? 0.2 : -1,
                node.Low >= 0.2 ? 1.5 : 1, Exact: true, Range: program.Nodes.Max(n => n.Range));
            if (node.Kind == NodeKind.Expression) yield return With(program, id, parameter);
            foreach (var axis in node.Axes)
            {
                string[] rest = [.. node.Axes.Where(a => a != axis)];
                if (node.Kind == NodeKind.Tensor)
                {
                    yield return With(program, id, parameter with { Text = string.Join(" ", rest), Axes = rest, Low = node.Low, High = node.High });
                }
            }
            if (node.Kind == NodeKind.Tensor && node.Range > 0)
            {
                yield return With(program, id, node with { Range = 0, Low = node.Low >= 0.2 ? 0.2 : -1, High = 1 });
            }
            if (node.Text != string.Join(" ", node.Axes) && node.Kind == NodeKind.Tensor)
            {
                yield return With(program, id, node with { Text = string.Join(" ", node.Axes) });
            }
        }
    }

    private static IEnumerable<FuzzProgram> Sizes(FuzzProgram program)
    {
        foreach (var axis in program.LiveAxes().Select(a => program.Axes.GetValueOrDefault(a)).OfType<Axis>().Where(a => a.Rule is null))
        {
            foreach (var size in new[] { 1, 2, 3, 5, axis.Size / 2, axis.Size - 1 }.Where(s => s >= 1 && s < axis.Size).Distinct())
            {
                if (Resize(program, axis with { Size = size }) is { } resized) yield return resized;
            }
            if (axis.Fixed && Resize(program, axis with { Fixed = false }) is { } free) yield return free;
        }
    }

    /// <summary>Results in the order of their axes, without groups and repetition.</summary>
    private static IEnumerable<FuzzProgram> Layouts(FuzzProgram program)
    {
        for (var i = 0; i < program.Results.Count; i++)
        {
            var plain = string.Join(" ", program.Nodes[program.Results[i].Node].Axes);
            if (plain == program.Results[i].Layout) continue;
            var results = program.Results.ToArray();
            results[i] = results[i] with { Layout = plain };
            yield return program with { Results = results };
        }
    }

    private static FuzzProgram? Resize(FuzzProgram program, Axis changed)
    {
        var axes = program.Axes.ToDictionary(a => a.Key, a => a.Key == changed.Name ? changed : a.Value);
        // Sizes that follow from others, as often as one may follow from one that follows.
        for (var pass = 0; pass < 4; pass++)
        {
            foreach (var axis in axes.Values.Where(a => a.Rule is not null).ToArray())
                axes[axis.Name] = axis with { Size = axis.Rule!.Size(a => axes[a].Size) };
        }

        return axes.Values.All(a => a.Size >= 1) ? program with { Axes = axes } : null;
    }

    private static FuzzProgram Replace(FuzzProgram program, int id, int by) => program with
    {
        Nodes = [.. program.Nodes.Select(n => n.Args.Contains(id) ? n with { Args = [.. n.Args.Select(a => a == id ? by : a)] } : n)],
        Results = [.. program.Results.Select(r => r.Node == id ? r with { Node = by } : r)],
    };

    private static FuzzProgram With(FuzzProgram program, int id, Node node) =>
        program with { Nodes = [.. program.Nodes.Select((n, i) => i == id ? node : n)] };
}
