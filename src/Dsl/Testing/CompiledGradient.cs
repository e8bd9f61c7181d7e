namespace MageDsl.Testing;

/// <summary>Gradients of a compiled kernel, by its own backward pass.</summary>
internal static class CompiledGradient
{
    /// <summary>
    /// The derivatives of the cotangent-weighted sum of the results by the elements of the parameters asked for, in
    /// float64; zeros where the tape has no gradient, empty for parameters not asked for.
    /// </summary>
    public static double[][] Run(
        KernelInfo kernel, KernelArguments arguments, NumericGradient numeric, int[] wanted, GradientCheckResult result)
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var inputs = arguments.ForLaunch(ElementType.Float64);
        foreach (var at in wanted) tape.Watch((Tensor)inputs[at]);
        var outputs = kernel.Launch(inputs);
        var gradients = kernel.Parameters.Select(_ => Array.Empty<double>()).ToArray();
        Tensor[] real = [.. numeric.RealResults.Select(i => outputs[i])];
        if (GradientTape.IsRecording(real))
        {
            tape.Backward(Loss(tape, real, numeric));
            foreach (var at in wanted)
            {
                gradients[at] = tape.Gradient((Tensor)inputs[at]) is { } gradient
                    ? KernelArguments.ToDoubles(gradient)
                    : new double[arguments.Data[at].Length];
            }
        }
        else
        {
            result.FailureList.Add("the launch was not recorded on the tape, though its inputs are watched");
            foreach (var at in wanted) gradients[at] = new double[arguments.Data[at].Length];
        }
        return gradients;
    }

    /// <summary>The weighted sum of the results, recorded as a launch whose backward pass gives out the weights.</summary>
    private static Tensor Loss(GradientTape tape, Tensor[] outputs, NumericGradient numeric)
    {
        var loss = Tensor.Zeros(ElementType.Float64);
        tape.Record(outputs, [loss], (_, needed) =>
        {
            var weights = new Tensor?[outputs.Length];
            for (var i = 0; i < weights.Length; i++)
            {
                if (needed[i]) weights[i] = KernelArguments.ToTensor(numeric.Cotangents[numeric.RealResults[i]], outputs[i].Shape, ElementType.Float64);
            }
            return weights;
        });
        return loss;
    }
}
