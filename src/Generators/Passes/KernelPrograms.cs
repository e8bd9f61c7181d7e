using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>
/// The programs of one variant of a kernel (its bool parameters fixed): what inference runs, what training runs and keeps, and
/// the backward pass.
/// </summary>
internal sealed class KernelPrograms
{
    private readonly KernelModel kernel;
    private readonly Dictionary<string, BufferModel> inputs;
    private readonly Dictionary<string, int> fixedSizes;
    private readonly (string, string)[] renames;
    private readonly LaunchScalars scalars;
    private readonly Graph graph;
    private readonly int[] results;
    private readonly List<(string Parameter, int Value)> gradients = new();
    private readonly List<(int Value, BufferModel Buffer)> saved = new();

    public KernelPrograms(KernelModel kernel, IReadOnlyDictionary<string, bool> flags, EquatableArray<int> origins = default)
    {
        this.kernel = kernel;
        inputs = kernel.Parameters.Where(p => p.Layout != null).ToDictionary(p => p.Name, p => new BufferModel(p.Name, p.Kind == ParameterKind.Ids ? ValueType.Ids : ValueType.Real, p.Layout!.Names));
        fixedSizes = kernel.Parameters.Where(p => p.Layout != null).SelectMany(p => p.Layout!.Axes)
            .Concat(kernel.Results.SelectMany(r => r.Layout.Axes)).Where(a => a.Fixed > 0)
            .Concat(kernel.Rules.Where(r => r.From.Length == 0).Select(r => new LayoutAxis(r.Axis, r.Offset)))
            .GroupBy(a => a.Name).ToDictionary(g => g.Key, g => g.First().Fixed);
        renames = kernel.Rules.Where(r => r.By.Length == 0 && r.Offset == 0).Select(r => (r.Axis, r.From)).ToArray();
        graph = new Graph();
        scalars = new LaunchScalars(kernel.Nodes, flags);
        var build = new Simplifier(graph) { Scalars = scalars };
        results = Rewriter.Rebuild(kernel.Nodes, origins, kernel.Results.Select(r => r.Value).ToArray(), build, id => scalars.Leaf(graph, id));
        PassObserver.Current?.Values("specialise", graph.Nodes, results);
        if (kernel.Differentiable) Differentiate(build);
        Forward = Build(keep: true);
        Inference = saved.Count > 0 ? Build(keep: false) : Forward;
        if (gradients.Count > 0) Backward = BuildBackward();
    }

    /// <summary>Computes the results.</summary>
    public Program Inference { get; }

    /// <summary>Computes the results and what the backward pass wants kept.</summary>
    public Program Forward { get; }

    /// <summary>Computes the gradients of <see cref="Gradients"/>, or null.</summary>
    public Program? Backward { get; }

    /// <summary>The parameters that have a gradient, in the order of the backward program's outputs.</summary>
    public IEnumerable<string> Gradients => gradients.Select(g => g.Parameter);

    /// <summary>What the cost model decided about them, for people.</summary>
    public IReadOnlyList<string> Decisions { get; private set; } = System.Array.Empty<string>();

    /// <summary>The kept values that are not results.</summary>
    public IEnumerable<BufferModel> Saved => saved.Select(s => s.Buffer);

    public static string Result(int index) => $"_result{index}";

    public static string ResultGradient(int index) => $"_grad{index}";

    public static string Gradient(string parameter) => $"_grad_{parameter}";

    private int FixedSize(string axis) => fixedSizes.TryGetValue(axis, out var size) ? size : 0;

    /// <summary>A graph for what is compiled: derivatives are taken by now.</summary>
    private Simplifier Fresh() => new(new Graph()) { DropStopGradient = true, FixedSize = kernel.Fusion ? FixedSize : _ => 0 };

    private BufferModel ResultBuffer(int index)
    {
        var result = kernel.Results[index];
        return new BufferModel(result.Into.Length > 0 ? result.Into : Result(index), result.Type, result.Layout.Names);
    }

    private void Differentiate(Simplifier build)
    {
        var seeds = new List<(int, int)>();
        for (var i = 0; i < results.Length; i++)
        {
            if (kernel.Results[i].Type != ValueType.Real) continue;
            var layout = kernel.Results[i].Layout;
            var gradient = graph.Input(ResultGradient(i), ValueType.Real, layout.Names);
            // A result is repeated along axes that only its layout has.
            var repeated = layout.Names.Where(a => !graph.Axes(results[i]).Contains(a));
            seeds.Add((results[i], build.Sum(gradient, repeated)));
        }
        var found = new Differentiator(build, FixedSize, (axis, other) => renames.Contains((axis, other)) || renames.Contains((other, axis))).Run(seeds);
        foreach (var parameter in kernel.Parameters)
            if (found.TryGetValue(parameter.Name, out var value)) gradients.Add((parameter.Name, value));
        PassObserver.Current?.Values("differentiate", graph.Nodes, gradients.Select(g => g.Value));

        var whole = Enumerable.Range(0, results.Length).Where(i => graph.Axes(results[i]).IsSameSetAs(kernel.Results[i].Layout.Names)).Select(i => results[i]).ToArray();
        foreach (var id in Kept(build, whole, gradients.Select(g => g.Value).ToArray()))
        {
            if (whole.Contains(id)) continue;
            saved.Add((id, new BufferModel($"_saved{saved.Count}", graph[id].Type, MemoryOrder(id))));
        }
    }

    private IEnumerable<int> Kept(Simplifier build, IEnumerable<int> whole, IReadOnlyCollection<int> wanted)
    {
        if (!kernel.Fusion) return TapedValues.Find(graph, results, wanted);
        var choice = new SavedValues(build, results, whole, wanted, kernel.Choices);
        Decisions = choice.Decisions;
        return choice.Values;
    }

    /// <summary>As a tensor of the kernel over the same axes lies, else as the value came to be.</summary>
    private EquatableArray<string> MemoryOrder(int id)
    {
        var layouts = kernel.Results.Select(r => r.Layout.Names).Concat(inputs.Values.Select(b => b.Axes));
        return layouts.Where(l => l.IsSameSetAs(graph.Axes(id))).Append(graph[id].Axes).First();
    }

    private Program Merged(Program program)
    {
        PassObserver.Seen("choose what is saved", program);
        if (kernel.Fusion) program = PassObserver.Seen("take shared sums apart", SharedSums.Run(program));
        return PassObserver.Seen("merge axes", AxisMerger.Run(program));
    }

    private Program Build(bool keep)
    {
        var build = Fresh();
        var wanted = keep ? results.Concat(saved.Select(s => s.Value)).ToArray() : results;
        var values = Rewriter.Rebuild(graph.Nodes, graph.Origins, wanted, build, _ => null);
        var outputs = values.Select((v, i) => new ProgramOutput(v, i < results.Length ? ResultBuffer(i) : saved[i - results.Length].Buffer));
        return Merged(new Program(build.Graph, inputs, outputs.ToArray(), fixedSizes) { Renames = renames, Scalars = scalars, Choices = kernel.Choices });
    }

    private Program BuildBackward()
    {
        var build = Fresh();
        var known = new Dictionary<int, BufferModel>();
        var buffers = new Dictionary<string, BufferModel>(inputs);
        for (var i = 0; i < results.Length; i++)
        {
            var layout = kernel.Results[i].Layout.Names;
            buffers[ResultGradient(i)] = new BufferModel(ResultGradient(i), ValueType.Real, layout);
            if (graph[results[i]].Args.Count > 0 && graph.Axes(results[i]).IsSameSetAs(layout)) known[results[i]] = buffers[Result(i)] = ResultBuffer(i);
        }
        foreach (var (value, buffer) in saved) known[value] = buffers[buffer.Name] = buffer;
        var values = Rewriter.Rebuild(graph.Nodes, graph.Origins, gradients.Select(g => g.Value).ToArray(), build, id =>
            known.TryGetValue(id, out var buffer) && IsKept(id) ? build.Graph.Intern(new Node(Op.Input, graph[id].Type, graph[id].Axes, default, buffer.Name)) : null);
        var outputs = values.Select((v, i) => new ProgramOutput(v, inputs[gradients[i].Parameter] with { Name = Gradient(gradients[i].Parameter) }));
        return Merged(new Program(build.Graph, buffers, outputs.ToArray(), fixedSizes) { Renames = renames, Scalars = scalars, Choices = kernel.Choices });

        bool IsKept(int id) => saved.Any(s => s.Value == id) || graph[id].Op is not (Op.View or Op.Gather);
    }
}
