using System;
using System.Collections.Generic;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>The derivative of every elementwise primitive: the gradient that each argument receives from the result's.</summary>
internal static class ElementwiseDerivatives
{
    public static IEnumerable<(int Arg, int Gradient)> Of(Simplifier build, Node node, int result, int g)
    {
        var a = node.Args[0];
        var b = node.Args.Count > 1 ? node.Args[1] : -1;
        int C(double value) => build.Graph.Const(value);
        int Mul(int x, int y) => build.Mul(x, y);
        int Map(Op op, params int[] args) => build.Map(op, args);
        switch (node.Op)
        {
            case Op.Neg: yield return (a, build.Neg(g)); break;
            case Op.Exp: yield return (a, Mul(g, result)); break;
            case Op.Log: yield return (a, Map(Op.Div, g, a)); break;
            case Op.Sqrt: yield return (a, Map(Op.Div, Mul(g, C(0.5)), result)); break;
            case Op.Rsqrt: yield return (a, Mul(Mul(g, C(-0.5)), Mul(result, Mul(result, result)))); break;
            case Op.Erf: yield return (a, Mul(Mul(g, C(2 / Math.Sqrt(Math.PI))), Map(Op.Exp, build.Neg(Mul(a, a))))); break;
            case Op.Tanh: yield return (a, Mul(g, Map(Op.Sub, C(1), Mul(result, result)))); break;
            case Op.Sin: yield return (a, Mul(g, Map(Op.Cos, a))); break;
            case Op.Cos: yield return (a, build.Neg(Mul(g, Map(Op.Sin, a)))); break;
            case Op.Abs: yield return (a, Map(Op.Select, Map(Op.Less, C(0), a), g, Map(Op.Select, Map(Op.Less, a, C(0)), build.Neg(g), C(0)))); break;
            case Op.Add: yield return (a, g); yield return (b, g); break;
            case Op.Sub: yield return (a, g); yield return (b, build.Neg(g)); break;
            case Op.Mul: yield return (a, Mul(g, b)); yield return (b, Mul(g, a)); break;
            case Op.Div: yield return (a, Map(Op.Div, g, b)); yield return (b, build.Neg(Map(Op.Div, Mul(g, result), b))); break;
            case Op.Pow:
                yield return (a, Mul(g, Mul(b, Map(Op.Pow, a, Map(Op.Sub, b, C(1))))));
                yield return (b, Mul(g, Mul(result, Map(Op.Log, a))));
                break;
            case Op.Max:
                yield return (a, Map(Op.Select, Map(Op.LessEqual, b, a), g, C(0)));
                yield return (b, Map(Op.Select, Map(Op.LessEqual, b, a), C(0), g));
                break;
            case Op.Min:
                yield return (a, Map(Op.Select, Map(Op.LessEqual, a, b), g, C(0)));
                yield return (b, Map(Op.Select, Map(Op.LessEqual, a, b), C(0), g));
                break;
            case Op.Select:
                yield return (b, Map(Op.Select, a, g, C(0)));
                yield return (node.Args[2], Map(Op.Select, a, C(0), g));
                break;
            case Op.Floor: throw new IrException("Floor is not differentiable; put StopGradient around it if its gradient is to be zero", "MDSL020");
            default: throw new IrException($"{node.Op} has no derivative rule", "MDSL020");
        }
    }
}
