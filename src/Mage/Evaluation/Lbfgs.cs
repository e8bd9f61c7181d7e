using System.Numerics.Tensors;

namespace Mage.Evaluation;

/// <summary>
/// Limited-memory BFGS with a backtracking line search (Nocedal and Wright, Numerical Optimization, algorithms 7.4 and
/// 3.1), for smooth convex functions whose whole value and gradient can be computed.
/// </summary>
internal sealed class Lbfgs(int dimensions, int memory = 10)
{
    /// <summary>Value at <paramref name="at"/>; writes the gradient there.</summary>
    public delegate double Objective(ReadOnlySpan<float> at, Span<float> gradient);

    private readonly List<(float[] Step, float[] Change, double Curvature)> history = [];

    /// <summary>Moves <paramref name="at"/> towards the minimum until a step gains less than a part of <paramref name="tolerance"/>.</summary>
    public void Minimize(Objective objective, float[] at, int iterations, double tolerance)
    {
        history.Clear();
        var gradient = new float[dimensions];
        var value = objective(at, gradient);
        for (var i = 0; i < iterations; i++)
        {
            var direction = Direction(gradient);
            var slope = (double)TensorPrimitives.Dot(direction, gradient);
            if (slope > -1e-12)
            {
                return;
            }

            var next = new float[dimensions];
            var nextGradient = new float[dimensions];
            var length = history.Count == 0 ? Math.Min(1, 1 / TensorPrimitives.Norm(gradient)) : 1.0;
            var nextValue = double.PositiveInfinity;
            for (var tries = 0; tries < 30; tries++, length /= 2)
            {
                TensorPrimitives.MultiplyAdd(direction, (float)length, at, next);
                nextValue = objective(next, nextGradient);
                if (nextValue <= value + (1e-4 * length * slope))
                {
                    break;
                }
            }

            if (!(nextValue < value))
            {
                return;
            }

            Remember(at, next, gradient, nextGradient);
            var gain = (value - nextValue) / Math.Max(Math.Abs(value), 1e-12);
            next.CopyTo(at, 0);
            (gradient, value) = (nextGradient, nextValue);
            if (gain < tolerance)
            {
                return;
            }
        }
    }

    /// <summary>Minus the gradient times the estimated inverse of the Hessian (the two-loop recursion).</summary>
    private float[] Direction(float[] gradient)
    {
        var direction = new float[dimensions];
        TensorPrimitives.Negate(gradient, direction);
        var along = new double[history.Count];
        for (var i = history.Count - 1; i >= 0; i--)
        {
            var (step, change, curvature) = history[i];
            along[i] = TensorPrimitives.Dot(step, direction) / curvature;
            TensorPrimitives.MultiplyAdd(change, (float)-along[i], direction, direction);
        }

        if (history.Count > 0)
        {
            var (_, change, curvature) = history[^1];
            TensorPrimitives.Multiply(direction, (float)(curvature / TensorPrimitives.Dot(change, change)), direction);
        }

        for (var i = 0; i < history.Count; i++)
        {
            var (step, change, curvature) = history[i];
            var back = TensorPrimitives.Dot(change, direction) / curvature;
            TensorPrimitives.MultiplyAdd(step, (float)(along[i] - back), direction, direction);
        }

        return direction;
    }

    private void Remember(float[] at, float[] next, float[] gradient, float[] nextGradient)
    {
        var step = new float[dimensions];
        var change = new float[dimensions];
        TensorPrimitives.Subtract(next, at, step);
        TensorPrimitives.Subtract(nextGradient, gradient, change);
        var curvature = (double)TensorPrimitives.Dot(step, change);
        if (curvature > 1e-10 * TensorPrimitives.Dot(change, change))
        {
            history.Add((step, change, curvature));
            if (history.Count > memory)
            {
                history.RemoveAt(0);
            }
        }
    }
}
