using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Gpu;

/// <summary>
/// Axes of a stage that lie as one in all that it reads, writes and draws, as batch and time do in a linear layer, though not everywhere in the
/// kernel. A flat index along them need not be taken apart then, and division is what devices are slowest at.
/// </summary>
internal sealed class JointAxes
{
    private readonly IReadOnlyList<Access> accesses;
    private readonly IReadOnlyList<Affine> others;

    private JointAxes(IReadOnlyList<Access> accesses, IReadOnlyList<Affine> others)
    {
        this.accesses = accesses;
        this.others = others;
    }

    /// <param name="roots">What is computed.</param>
    /// <param name="stores">What is stored of it.</param>
    public static JointAxes Of(IEnumerable<Value> roots, IEnumerable<Store> stores)
    {
        var (accesses, others) = (new List<Access>(), new List<Affine>());
        foreach (var computation in Value.Reachable(roots).Select(v => v.Computation))
        {
            var access = computation switch { Load l => l.Access, RandomNumber r => r.Access, PutAside p => p.Slot.Access, _ => null };
            if (access is null) others.AddRange(computation.Indices);
            else accesses.Add(access);
            if (computation is Load load) others.AddRange(load.Bounds.Select(b => b.Index));
        }
        accesses.AddRange(stores.Select(s => s.Access));
        others.AddRange(accesses.SelectMany(a => a.Indices).Where(i => i.Terms.Any(t => t.Variable is Lookup)));
        return new JointAxes(accesses, others);
    }

    /// <summary>Takes a flat index apart into one per axis, slowest first; of axes that lie as one the last has it all.</summary>
    public void Decode(Dialect values, string flat, IReadOnlyList<LoopVariable> axes) =>
        Decode(values, flat, axes.Select(a => (a, (IReadOnlyList<LoopVariable>)new[] { a })).ToArray());

    /// <param name="values">Writes them.</param>
    /// <param name="flat">The name of the index.</param>
    /// <param name="parts">Each variable, and the axes that it goes along.</param>
    public void Decode(Dialect values, string flat, IReadOnlyList<(LoopVariable Variable, IReadOnlyList<LoopVariable> Axes)> parts)
    {
        var (all, joint) = (new List<(string, string)>(), new List<LoopVariable>());
        for (var i = 0; i < parts.Count; i++)
        {
            joint.AddRange(parts[i].Axes);
            var name = Names.Variable(parts[i].Variable);
            if (i + 1 < parts.Count && IsJoint(parts[i].Variable, parts[i + 1].Variable))
            {
                values.Code.Line($"const int {name} = 0;");
                continue;
            }
            all.Add((name, values.Fields.Product(joint.Axes())));
            joint.Clear();
        }
        Sections.Decode(values, flat, all);
    }

    private bool IsJoint(LoopVariable slow, LoopVariable fast) =>
        accesses.Count > 0 && accesses.All(a => IsJoint(a, slow, fast)) && !others.Any(i => QuadPlan.Varies(i, slow) || QuadPlan.Varies(i, fast));

    private static bool IsJoint(Access access, LoopVariable slow, LoopVariable fast) =>
        (At(access, slow), At(access, fast)) is var (outer, inner) && (outer.Length, inner.Length) switch
        {
            (0, 0) => true,
            (1, 1) => outer[0].Index.Equals(Affine.Of(slow)) && inner[0].Index.Equals(Affine.Of(fast))
                && outer[0].Stride.OrderBy(s => s).SequenceEqual(inner[0].Stride.Append(fast.Axis).OrderBy(s => s)),
            _ => false,
        };

    private static AccessAxis[] At(Access access, LoopVariable variable) => access.Axes.Where(a => a.Index.Scale(variable) != 0).ToArray();
}
