using MageDsl;
using static Mage.Tokenizer.QuantizerKernels;

namespace Mage.Tokenizer;

/// <summary>
/// Learns a codebook without gradients: each code is the running mean of the vectors that choose it.
/// </summary>
/// <remarks>Razavi, van den Oord and Vinyals, "Generating Diverse High-Fidelity Images with VQ-VAE-2", arXiv 1906.00446.</remarks>
internal sealed class CodebookAverage : IDisposable
{
    private readonly Parameter codebook;
    private readonly float decay;
    private readonly float epsilon;
    private readonly Tensor counts;
    private readonly Tensor sums;

    /// <summary>Takes over a codebook, which no optimizer changes from now on.</summary>
    /// <param name="codebook">The codes, <c>[k, c]</c>.</param>
    /// <param name="decay">What a step keeps of the averages, from 0 to 1.</param>
    /// <param name="epsilon">Smooths the counts, in vectors.</param>
    public CodebookAverage(Parameter codebook, float decay, float epsilon)
    {
        (this.codebook, this.decay, this.epsilon) = (codebook, decay, epsilon);
        codebook.RequiresGrad = false;
        counts = TensorScope.Detach(Tensor.Full(ElementType.Float32, 1, codebook.Value.Shape[0]));
        sums = TensorScope.Detach(codebook.Value.Clone());
    }

    /// <summary>What it needs to go on: live tensors, by key.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State
        => [KeyValuePair.Create("codebook.counts", counts), KeyValuePair.Create("codebook.sums", sums)];

    /// <summary>Begins anew from the codes as they are, each as if one vector had chosen it.</summary>
    public void Restart()
    {
        counts.Fill(1);
        codebook.Value.CopyTo(sums);
    }

    /// <summary>Begins anew for some codes, which have been moved.</summary>
    public void Restart(IEnumerable<int> moved)
    {
        var width = codebook.Value.Shape[1];
        var code = new float[width];
        foreach (var index in moved)
        {
            codebook.Value.Read<float>(code, (long)index * width);
            sums.Write<float>(code, (long)index * width);
            counts.Write([1f], index);
        }
    }

    /// <summary>Moves the codes towards the vectors of a step.</summary>
    /// <param name="batches">Encoded images <c>[b, c, h, w]</c> and the code of each pixel <c>[b, h, w]</c>, in batches.</param>
    public void Update(IEnumerable<(Tensor Z, Tensor Codes)> batches)
    {
        using var scope = new TensorScope();
        Tensor? stepCounts = null, stepSums = null;
        foreach (var (z, codes) in batches)
        {
            var (more, moreSums) = CodeStatistics(z, codes, codebook.Value.Shape[0]);
            stepCounts = stepCounts is null ? more : AdversarialKernels.WeightedSum(stepCounts, more);
            stepSums = stepSums is null ? moreSums : AdversarialKernels.WeightedSum(stepSums, moreSums);
        }

        if (stepCounts is not null && stepSums is not null)
        {
            MoveAverage(counts, stepCounts, decay);
            MoveAverage(sums, stepSums, decay);
            SmoothedCodes(counts, sums, epsilon).CopyTo(codebook.Value);
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        counts.Dispose();
        sums.Dispose();
    }
}
