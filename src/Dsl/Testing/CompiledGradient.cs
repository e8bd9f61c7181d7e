namespace MageDsl.Testing;

/// <summary>The results of one launch of a compiled kernel, and the gradients by its own backward pass; empty where none was asked for.</summary>
internal sealed record CompiledGradient(double[][] Results, double[][] Gradients)
{
    /// <summary>
    /// Launches a kernel, and takes the derivatives of the cotangent-weighted sum of the results by the elements of the parameters
    /// asked for; zeros where the tape has no gradient, empty for parameters not asked for.
    /// </summary>
    public static CompiledGradient Run(
        KernelInfo kernel, KernelArguments arguments, NumericGradient numeric,
        int[] wanted, List<string> failures, ElementType type = ElementType.Float64)
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        var inputs = arguments.ForLaunch(type);
        foreach (var at in wanted) tape.Watch((Tensor)inputs[at]);
        var outputs = kernel.Launch(inputs);
        double[][] results = [.. outputs.Select(KernelArguments.ToDoubles)];
        var gradients = kernel.Parameters.Select(_ => Array.Empty<double>()).ToArray();
        if (wanted.Length == 0) return new CompiledGradient(results, gradients);
        Tensor[] real = [.. numeric.RealResults.Select(i => outputs[i])];
        if (GradientTape.IsRecording(real))
        {
            tape.TryBackward(Loss(tape, real, numeric));
            foreach (var at in wanted)
            {
                gradients[at] = tape.Gradient((Tensor)inputs[at]) is { } gradient
                    ? KernelArguments.ToDoubles(gradient)
                    : new double[arguments.Data[at].Length];
            }
        }
        else
        {
            if (!tape.HasConstant) failures.Add("the launch was not recorded on the tape, though its inputs are watched");
            foreach (var at in wanted) gradients[at] = new double[arguments.Data[at].Length];
        }
        return new CompiledGradient(results, gradients);
    }

    /// <summary>The weighted sum of the results, recorded as a launch whose backward pass gives out the weights.</summary>
    private static Tensor Loss(GradientTape tape, Tensor[] outputs, NumericGradient numeric)
    {
        var loss = Tensor.Zeros(outputs[0].Type);
        tape.Record(outputs, [loss], (_, needed) =>
        {
            var weights = new Tensor?[outputs.Length];
            for (var i = 0; i < weights.Length; i++)
            {
                if (needed[i]) weights[i] = KernelArguments.ToTensor(numeric.Cotangents[numeric.RealResults[i]], outputs[i].Shape, outputs[i].Type);
            }
            return weights;
        });
        return loss;
    }
}
