using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>The values of one variant of a kernel (its bool parameters fixed), in one graph: results, and gradients once they are derived.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Graph">The graph.</param>
/// <param name="Scalars">The scalars that it names.</param>
/// <param name="Results">The results, in the order of the kernel's.</param>
internal sealed record VariantValues(KernelModel Kernel, Graph Graph, LaunchScalars Scalars, IReadOnlyList<int> Results)
{
    /// <summary>The parameters that have a gradient, and these.</summary>
    public IReadOnlyList<(string Parameter, int Value)> Gradients { get; init; } = System.Array.Empty<(string, int)>();

    /// <summary>The tensors that the kernel takes.</summary>
    public IReadOnlyDictionary<string, BufferModel> Inputs => Kernel.Parameters.Where(p => p.Layout != null)
        .ToDictionary(p => p.Name, p => new BufferModel(p.Name, p.Kind == KernelParameterKind.Ids ? ValueType.Ids : ValueType.Real, p.Layout!.Names));

    /// <summary>The sizes that layouts and rules fix.</summary>
    public IReadOnlyDictionary<string, int> FixedSizes => Kernel.Parameters.Where(p => p.Layout != null).SelectMany(p => p.Layout!.Axes)
        .Concat(Kernel.Results.SelectMany(r => r.Layout.Axes)).Where(a => a.Fixed > 0)
        .Concat(Kernel.Rules.Where(r => r.From.Length == 0).Select(r => new TensorAxis(r.Axis, r.Offset)))
        .GroupBy(a => a.Name).ToDictionary(g => g.Key, g => g.First().Fixed);

    /// <summary>Pairs of axes of one size under two names.</summary>
    public IReadOnlyList<(string, string)> Renames =>
        Kernel.Rules.Where(r => r.By.Length == 0 && r.Offset == 0).Select(r => (r.Axis, r.From)).ToArray();

    /// <summary>The results that fill their layouts, so that they can be read back as they are.</summary>
    public IReadOnlyList<int> WholeResults =>
        Enumerable.Range(0, Results.Count).Where(i => Graph.Axes(Results[i]).IsSameSetAs(Kernel.Results[i].Layout.Names))
            .Select(i => Results[i]).ToArray();

    /// <summary>Puts constants in the place of the bool parameters; the branches not taken are gone.</summary>
    /// <param name="traced">The kernel as it was parsed.</param>
    /// <param name="flags">The bool parameters.</param>
    public static VariantValues Of(TracedModel traced, IReadOnlyDictionary<string, bool> flags)
    {
        var (kernel, graph) = (traced.Model, new Graph());
        var scalars = new LaunchScalars(kernel.Nodes, flags);
        var build = new Simplifier(graph) { Scalars = scalars };
        var results = Rewriter.Rebuild(
            kernel.Nodes, traced.Origins, kernel.Results.Select(r => r.Value).ToArray(), build, id => scalars.Leaf(graph, id));
        return new VariantValues(kernel, graph, scalars, results);
    }

    /// <summary>Adds the gradients of the real parameters to the graph.</summary>
    public VariantValues Differentiated()
    {
        var graph = new Graph(Graph);
        var build = new Simplifier(graph) { Scalars = Scalars };
        var (sizes, renames, seeds) = (FixedSizes, Renames, new List<(int, int)>());
        for (var i = 0; i < Results.Count; i++)
        {
            if (Kernel.Results[i].Type != ValueType.Real) continue;
            var layout = Kernel.Results[i].Layout;
            var gradient = graph.Input(BufferNames.ResultGradient(i), ValueType.Real, layout.Names);
            // A result is repeated along axes that only its layout has.
            var repeated = layout.Names.Where(a => !graph.Axes(Results[i]).Contains(a));
            seeds.Add((Results[i], build.Sum(gradient, repeated)));
        }
        var found = new Differentiator(
            build, axis => sizes.TryGetValue(axis, out var size) ? size : 0,
            (axis, other) => renames.Contains((axis, other)) || renames.Contains((other, axis))).Run(seeds);
        return this with
        {
            Graph = graph,
            Gradients = Kernel.Parameters.Where(p => found.ContainsKey(p.Name)).Select(p => (p.Name, found[p.Name])).ToArray(),
        };
    }
}
