using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Analysis;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>One value that a product is multiplied by, or divided by.</summary>
internal readonly record struct Factor(int Value, bool IsDivisor);

/// <summary>A product taken apart for a sum over some axes: what varies along them, and the rest, which can as well be applied to the sum.</summary>
internal sealed record Factors(int Varying, IReadOnlyList<Factor> Rest)
{
    public static Factors Of(Simplifier build, int product, IReadOnlyCollection<string> over)
    {
        var (varying, rest) = (new List<int>(), new List<Factor>());
        Collect(product);
        return new Factors(build.Product(varying), rest);

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
                default:
                    varying.Add(id);
                    break;
            }
        }
    }
}
