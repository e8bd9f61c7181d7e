using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>One value that a product is multiplied by, or divided by.</summary>
internal readonly record struct Factor(int Value, bool IsDivisor)
{
    /// <summary>What a sum was divided by multiplies it again; but what it was multiplied by may have been zero.</summary>
    public bool CanBeUndone(Graph graph) => IsDivisor || graph[Value] is { Op: Op.Const, Number: not 0 };
}

/// <summary>A condition, and whether a product is zero where it holds, rather than where it does not.</summary>
internal readonly record struct Guard(int Condition, bool IsZeroWhereTrue);

/// <summary>A product taken apart for a sum over some axes: what varies along them, and the rest, which can as well be applied to the sum.</summary>
/// <param name="Parts">What varies, in order.</param>
/// <param name="Guards">The conditions around it, if they were asked for.</param>
/// <param name="Rest">What does not.</param>
internal sealed record Factors(IReadOnlyList<int> Parts, IReadOnlyList<Guard> Guards, IReadOnlyList<Factor> Rest)
{
    /// <summary>What varies, as one product.</summary>
    public int Varying(Simplifier build) => build.Product(Parts);

    /// <summary>Whether another product has the same, in whatever order, but for <see cref="Rest"/>.</summary>
    public bool IsLike(Factors other) => AreSame(Parts, other.Parts) && AreSame(Guards, other.Guards);

    /// <summary>Whether each is there as often, in whatever order.</summary>
    public static bool AreSame<T>(IReadOnlyCollection<T> some, IReadOnlyCollection<T> others) =>
        some.Count == others.Count && some.GroupBy(x => x).All(group => others.Count(x => Equals(x, group.Key)) == group.Count());

    /// <summary>A value with a factor applied.</summary>
    public static int Apply(Simplifier build, int value, Factor factor) =>
        factor.IsDivisor ? build.Map(Op.Div, value, factor.Value) : build.Mul(value, factor.Value);

    /// <param name="build">The graph.</param>
    /// <param name="product">The product.</param>
    /// <param name="over">The axes of the sum.</param>
    /// <param name="guarded">Whether to look into values that are zero where a condition says so.</param>
    public static Factors Of(Simplifier build, int product, IReadOnlyCollection<string> over, bool guarded = false)
    {
        var (varying, guards, rest) = (new List<int>(), new List<Guard>(), new List<Factor>());
        Collect(product);
        return new Factors(varying, guards, rest);

        bool Varies(int id) => build.Graph.Axes(id).Any(over.Contains);

        void Collect(int id)
        {
            var node = build.Graph[id];
            if (!Varies(id))
            {
                if (!build.IsConst(id, 1)) rest.Add(new Factor(id, false));
                return;
            }
            switch (node.Op)
            {
                case Op.Neg:
                    rest.Add(new Factor(build.Graph.Const(-1), false));
                    Collect(node.Args[0]);
                    break;
                case Op.Mul when varying.Count < ContractionShape.MostFactors:
                    foreach (var arg in node.Args) Collect(arg);
                    break;
                case Op.Div when !Varies(node.Args[1]):
                    rest.Add(new Factor(node.Args[1], true));
                    Collect(node.Args[0]);
                    break;
                case Op.Select when guarded && build.IsConst(node.Args[1], 0) != build.IsConst(node.Args[2], 0):
                    var isZeroWhereTrue = build.IsConst(node.Args[1], 0);
                    guards.Add(new Guard(node.Args[0], isZeroWhereTrue));
                    Collect(node.Args[isZeroWhereTrue ? 2 : 1]);
                    break;
                default:
                    varying.Add(id);
                    break;
            }
        }
    }
}
