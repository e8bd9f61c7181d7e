using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Lowering;

/// <summary>
/// Values of a row that cost much and that several passes of a part need (the exponentials of scores), in scratch: the first of these passes puts
/// them where that lay which they are made of, if nobody needs it any more.
/// </summary>
internal static class InPlaceStash
{
    public static LoweredBlock Of(LoweredBlock block) => block with
    {
        Parts = block.Parts.Select((part, i) => part.Stage is LoweredLoop loop ? part with { Stage = Of(loop, LastUsedBy(block, i)) } : part)
            .ToArray(),
    };

    private static HashSet<Place> LastUsedBy(LoweredBlock block, int part) =>
        new(block.Scratch.Where(s => s.Users[s.Users.Count - 1] == part).Select(s => s.Place));

    private static LoweredLoop Of(LoweredLoop loop, HashSet<Place> ending)
    {
        ending.ExceptWith(loop.Passes.SelectMany(p => p.Stores).Concat(loop.RowStores).Select(s => s.Place));
        var seen = new HashSet<Value>();
        for (var first = 0; first < loop.Passes.Count - 1; first++)
        {
            foreach (var value in Value.Reachable(loop.Passes[first].Roots).Where(seen.Add).ToArray())
                if (Source(value, ending) is { } source && IsWorth(loop, first, value, source)) loop = Keep(loop, first, value, source);
        }
        return loop;
    }

    /// <summary>The only element that a costly value is made of, beside what is known of the row; null if it is not so.</summary>
    private static Value? Source(Value value, HashSet<Place> ending)
    {
        if (value.Computation is not Operation operation || !OpFacts.Of(operation.Op).IsCostly) return null;
        var leaves = Value.Reachable(new[] { value }).Where(v => !v.Computation.Operands.Any() && v.Level > 1).ToArray();
        return leaves.Length == 1 && leaves[0].Computation is Load load && load.Bounds.Count == 0 && ending.Contains(load.Place) ? leaves[0] : null;
    }

    /// <summary>Whether a later pass needs the value, and none needs what it is made of for anything else.</summary>
    private static bool IsWorth(LoweredLoop loop, int first, Value value, Value source)
    {
        var later = loop.Passes.Skip(first + 1).ToArray();
        return later.Any(p => Value.Reachable(p.Roots).Contains(value))
            && !later.Any(p => Value.Reachable(p.Roots.Select(new Replacement(value, null).Of)).Contains(source));
    }

    private static LoweredLoop Keep(LoweredLoop loop, int first, Value value, Value source)
    {
        var load = (Load)source.Computation;
        var replacement = new Replacement(value, source);
        var passes = loop.Passes.Select((pass, i) => i < first ? pass
            : i == first ? pass with { Stores = pass.Stores.Append(new Store(load.Place, load.Access, value, IsOverArgument: false)).ToArray() }
            : replacement.Of(pass));
        return loop with { Passes = passes.ToArray() };
    }

    /// <summary>Puts one value in the place of another, or a constant where it is only to be gone.</summary>
    private sealed class Replacement
    {
        private readonly Dictionary<Value, Value> known = new();

        public Replacement(Value value, Value? by) => known.Add(value, by ?? new Value(new Position(new Affine(default)), -1));

        public Pass Of(Pass pass) => pass with
        {
            Rows = pass.Rows.Select(r => r with { Reduction = Of(r.Reduction) }).ToArray(),
            Columns = pass.Columns.Select(c => c with { Reduction = Of(c.Reduction) }).ToArray(),
            Stores = pass.Stores.Select(s => s with { Value = Of(s.Value) }).ToArray(),
        };

        public Value Of(Value value)
        {
            if (known.TryGetValue(value, out var found)) return found;
            var operands = value.Computation.Operands.ToArray();
            var others = operands.Select(Of).ToArray();
            return known[value] = operands.SequenceEqual(others) ? value : new Value(With(value.Computation, others), value.Origin);
        }

        private Reduction Of(Reduction reduction) => reduction with { Value = Of(reduction.Value) };

        private static Computation With(Computation computation, Value[] operands) => computation switch
        {
            Operation o => o with { Arguments = operands.ToEquatable() },
            MultiplyAdd => new MultiplyAdd(operands[0], operands[1]),
            Reciprocal => new Reciprocal(operands[0]),
            Masked m => m with { Argument = operands[0] },
            _ => computation,
        };
    }
}
