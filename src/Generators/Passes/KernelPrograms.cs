using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>The programs of one variant of a kernel: what inference runs, what training runs and keeps, and the backward pass.</summary>
/// <param name="Inference">Computes the results.</param>
/// <param name="Forward">
/// Computes the results and what the backward pass wants kept; the same as <paramref name="Inference"/> if that is nothing.
/// </param>
/// <param name="Backward">Computes the gradients of <paramref name="Gradients"/>, or null.</param>
/// <param name="Gradients">The parameters that have a gradient, in the order of the backward program's outputs.</param>
/// <param name="Saved">The kept values that are not results.</param>
/// <param name="Decisions">What was decided about them by cost, a line each.</param>
internal sealed record KernelPrograms(
    Program Inference, Program Forward, Program? Backward, IReadOnlyList<string> Gradients,
    IReadOnlyList<BufferModel> Saved, IReadOnlyList<string> Decisions)
{
    /// <summary>Chooses what the forward pass keeps, and cuts the values into programs.</summary>
    public static KernelPrograms Of(VariantValues values, CostModel costs)
    {
        var (kernel, graph, inputs) = (values.Kernel, values.Graph, values.Inputs);
        var (sizes, renames) = (values.FixedSizes, values.Renames);
        var (results, gradients) = (values.Results, values.Gradients.Select(g => g.Value).ToArray());
        var whole = values.WholeResults;
        var (kept, decisions) = gradients.Length == 0 ? (Array.Empty<int>(), Array.Empty<string>())
            : kernel.Fusion ? SavedValues.Find(graph, results, whole, gradients, kernel.Choices, costs)
            : (TapedValues.Find(graph, results, gradients), Array.Empty<string>());
        var saved = kept.Where(id => !whole.Contains(id))
            .Select((id, i) => (Value: id, Buffer: new BufferModel(BufferNames.Saved(i), graph[id].Type, MemoryOrder(id)))).ToArray();

        var inference = Build(Fresh(), inputs, results, ResultBuffer, _ => null);
        var forward = saved.Length == 0 ? inference
            : Build(
                Fresh(), inputs, results.Concat(saved.Select(s => s.Value)).ToArray(),
                i => i < results.Count ? ResultBuffer(i) : saved[i - results.Count].Buffer, _ => null);
        return new KernelPrograms(
            inference, forward, gradients.Length == 0 ? null : Backward(),
            values.Gradients.Select(g => g.Parameter).ToArray(), saved.Select(s => s.Buffer).ToArray(), decisions);

        // A graph for what is compiled: derivatives are taken by now.
        Simplifier Fresh() =>
            new(new Graph()) { IsDerived = true, FixedSize = axis => kernel.Fusion && sizes.TryGetValue(axis, out var size) ? size : 0 };

        BufferModel ResultBuffer(int index)
        {
            var result = kernel.Results[index];
            return new BufferModel(result.Into.Length > 0 ? result.Into : BufferNames.Result(index), result.Type, result.Layout.Names);
        }

        // As a tensor of the kernel over the same axes lies, else as the value came to be.
        EquatableArray<string> MemoryOrder(int id) => kernel.Results.Select(r => r.Layout.Names).Concat(inputs.Values.Select(b => b.Axes))
            .Where(l => l.IsSameSetAs(graph.Axes(id))).Append(graph[id].Axes).First();

        Program Build(
            Simplifier build, IReadOnlyDictionary<string, BufferModel> buffers,
            IReadOnlyList<int> wanted, Func<int, BufferModel> buffer, Func<int, int?> replace)
        {
            var rebuilt = Rewriter.Rebuild(graph.Nodes, graph.Origins, wanted, build, replace);
            var outputs = rebuilt.Select((v, i) => new ProgramOutput(v, buffer(i))).ToArray();
            return new Program(build.Graph, buffers, outputs, sizes) { Renames = renames, Scalars = values.Scalars, Choices = kernel.Choices };
        }

        Program Backward()
        {
            var build = Fresh();
            var known = new Dictionary<int, BufferModel>();
            var buffers = inputs.ToDictionary(p => p.Key, p => p.Value);
            for (var i = 0; i < results.Count; i++)
            {
                var layout = kernel.Results[i].Layout.Names;
                buffers[BufferNames.ResultGradient(i)] = new BufferModel(BufferNames.ResultGradient(i), ValueType.Real, layout);
                if (graph[results[i]].Args.Count > 0 && graph.Axes(results[i]).IsSameSetAs(layout))
                {
                    known[results[i]] = buffers[BufferNames.Result(i)] = ResultBuffer(i);
                }
            }
            foreach (var (value, buffer) in saved) known[value] = buffers[buffer.Name] = buffer;
            return Build(
                build, buffers, gradients,
                i => inputs[values.Gradients[i].Parameter] with { Name = BufferNames.Gradient(values.Gradients[i].Parameter) },
                id => known.TryGetValue(id, out var buffer) && IsKept(id)
                    ? build.Graph.Intern(new Node(Op.Input, graph[id].Type, graph[id].Axes, default, buffer.Name))
                    : null);
        }

        bool IsKept(int id) => saved.Any(s => s.Value == id) || graph[id].Facts.Kind != OpKind.Lookup;
    }
}
