namespace MageDsl.Testing;

/// <summary>Derivatives by forward mode: the definition run once per direction, with the tangents that its primitives carry along.</summary>
internal sealed class ForwardGradient(KernelInfo kernel, KernelArguments arguments, IReadOnlyDictionary<string, int> sizes, NumericGradient loss)
{
    /// <summary>The derivative of the cotangent-weighted sum of the results as a parameter moves along a direction.</summary>
    public double Derivative(int parameter, double[] direction)
    {
        var results = kernel.Definition(arguments.ForDefinition(moving: parameter, along: direction));
        var sum = 0.0;
        foreach (var i in loss.RealResults)
        {
            if (results[i].Tangent is null) continue;
            var tangent = results[i].Moving.ToArray(kernel.Results[i], sizes);
            for (var j = 0; j < tangent.Length; j++) sum += tangent[j] * loss.Cotangents[i][j];
        }
        return sum;
    }
}
