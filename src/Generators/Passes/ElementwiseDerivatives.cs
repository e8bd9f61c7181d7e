using System;
using System.Collections.Generic;
using MageDsl.Generators.Ir;

namespace MageDsl.Generators.Passes;

/// <summary>The gradient that an argument receives, where a condition holds; nothing elsewhere.</summary>
/// <param name="Arg">The argument.</param>
/// <param name="Gradient">What it receives.</param>
/// <param name="Where">The condition, or <see cref="Adjoint.Everywhere"/>.</param>
/// <param name="HasGaps">Whether it also receives nothing where the gradient is exactly zero.</param>
internal readonly record struct Contribution(int Arg, int Gradient, int Where = Adjoint.Everywhere, bool HasGaps = false);

/// <summary>The derivative of every elementwise primitive: the gradient that each argument receives from the result's.</summary>
internal static class ElementwiseDerivatives
{
    public static IEnumerable<Contribution> Of(Simplifier build, Node node, int result, int g)
    {
        var a = node.Args[0];
        var b = node.Args.Count > 1 ? node.Args[1] : -1;
        int C(double value) => build.Graph.Const(value);
        // What a constant zero multiplies does not depend on the argument at all.
        int Mul(int x, int y) => build.IsConst(y, 0) ? build.Zero : build.Mul(x, y);
        int Map(Op op, params int[] args) => build.Map(op, args);
        // Where a function has levelled off nothing passes it, be what comes from above infinite: as in a swish far out.
        int Gate(int passing, int slope) => Map(Op.Gate, passing, slope);
        switch (node.Op)
        {
            case Op.Copy or Op.Broadcast: yield return new(a, g); break;
            case Op.Neg: yield return new(a, build.Neg(g)); break;
            case Op.Exp: yield return new(a, Mul(g, result)); break;
            case Op.Log: yield return new(a, Map(Op.Div, g, a)); break;
            case Op.Sqrt: yield return new(a, Map(Op.Div, Mul(g, C(0.5)), result)); break;
            case Op.Rsqrt: yield return new(a, Mul(Mul(g, C(-0.5)), Mul(result, Mul(result, result)))); break;
            case Op.Erf: yield return new(a, Gate(Mul(g, C(2 / Math.Sqrt(Math.PI))), Map(Op.Exp, build.Neg(Mul(a, a))))); break;
            case Op.Tanh: yield return new(a, Gate(g, Map(Op.Sub, C(1), Mul(result, result)))); break;
            case Op.Sigmoid: yield return new(a, Gate(g, Mul(result, Map(Op.Sub, C(1), result)))); break;
            case Op.Sin: yield return new(a, Mul(g, Map(Op.Cos, a))); break;
            case Op.Cos: yield return new(a, build.Neg(Mul(g, Map(Op.Sin, a)))); break;
            case Op.Abs:
                yield return new(
                    a, Map(Op.Select, Map(Op.Less, C(0), a), g, Map(Op.Select, Map(Op.Less, a, C(0)), build.Neg(g), C(0))), HasGaps: true);
                break;
            case Op.Add: yield return new(a, g); yield return new(b, g); break;
            case Op.Sub or Op.Difference: yield return new(a, g); yield return new(b, build.Neg(g)); break;
            case Op.Mul or Op.Gate: yield return new(a, Mul(g, b)); yield return new(b, Mul(g, a)); break;
            case Op.Div: yield return new(a, Map(Op.Div, g, b)); yield return new(b, build.Neg(Map(Op.Div, Mul(g, result), b))); break;
            case Op.Pow:
                // At exponent 0 the power is constant, at base 0 it does not change with an exponent that is not negative.
                var slope = Mul(b, Map(Op.Pow, a, Map(Op.Sub, b, C(1))));
                yield return new(a, Mul(g, Map(Op.Select, Map(Op.Equal, b, C(0)), C(0), slope)));
                var still = Map(Op.And, Map(Op.Equal, a, C(0)), Map(Op.LessEqual, C(0), b));
                yield return new(b, Mul(g, Map(Op.Select, still, C(0), Mul(result, Map(Op.Log, a)))));
                break;
            case Op.Atan2:
                // x / (x² + y²) and its like in parts of the larger of the two, so that no square overflows; 0 at the origin and at infinity.
                var larger = Map(Op.Max, Map(Op.Abs, a), Map(Op.Abs, b));
                var (up, along) = (Map(Op.Div, a, larger), Map(Op.Div, b, larger));
                var length = Mul(larger, build.Add(Mul(up, up), Mul(along, along)));
                var turns = Map(Op.Not, Map(Op.Or, Map(Op.Equal, larger, C(0)), Map(Op.Equal, larger, C(double.PositiveInfinity))));
                yield return new(a, Mul(g, Map(Op.Div, along, length)), turns);
                yield return new(b, build.Neg(Mul(g, Map(Op.Div, up, length))), turns);
                break;
            case Op.Max:
                var second = Map(Op.Less, a, b);
                yield return new(a, g, Map(Op.Not, second));
                yield return new(b, g, second);
                break;
            case Op.Min:
                var lower = Map(Op.Less, b, a);
                yield return new(a, g, Map(Op.Not, lower));
                yield return new(b, g, lower);
                break;
            case Op.Select:
                yield return new(b, g, a);
                yield return new(node.Args[2], g, Map(Op.Not, a));
                break;
            case Op.Floor: throw new IrException("Floor is not differentiable; put StopGradient around it if its gradient is to be zero", "MDSL020");
            default: throw new IrException($"{node.Op} has no derivative rule", "MDSL020");
        }
    }
}
