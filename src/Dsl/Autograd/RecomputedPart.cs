using MageDsl.Devices;

namespace MageDsl;

/// <summary>
/// A part of a forward pass as a tape keeps it: what it computes, and which tensors it uses that are not its own. Its gradients are those of
/// the launches of a second run, one by one in the map of all gradients, so that sums are added up in the order they have without this.
/// </summary>
internal sealed class RecomputedPart : ITapeEntry
{
    private const string Name = "a recomputed part";

    private readonly Func<Tensor[]> part;
    private readonly Device device;
    private readonly TapeUse[] uses;
    private readonly Result[] results;

    /// <param name="part">Computes the results.</param>
    /// <param name="outputs">Those of the first run.</param>
    /// <param name="first">What that has recorded.</param>
    /// <param name="scope">What that has made.</param>
    private RecomputedPart(Func<Tensor[]> part, Tensor[] outputs, GradientTape first, TensorScope scope)
    {
        (this.part, device) = (part, scope.Device);
        uses = [.. first.Entries.SelectMany(entry => entry.Uses).Where(use => !use.Tensor.IsDisposed && use.Tensor.Scope != scope).Distinct()];
        results = [.. outputs.Select((output, i) => new Result(i, output, output.Version))
            .Where(result => first.Made(result.Tensor)).DistinctBy(result => result.Tensor)];
    }

    /// <inheritdoc/>
    public IEnumerable<TapeUse> Uses => uses;

    /// <summary>
    /// Runs a part for the first time. Its launches are recorded as they would be without this, because kernels that keep nothing for a backward
    /// pass may round otherwise.
    /// </summary>
    /// <param name="tape">Takes the part.</param>
    /// <param name="part">Computes the results.</param>
    public static Tensor[] Record(GradientTape tape, Func<Tensor[]> part)
    {
        using var scope = new TensorScope();
        using var first = new GradientTape(tape.Tracks);
        var outputs = part();
        var entry = new RecomputedPart(part, outputs, first, scope);
        tape.Record(entry, entry.results.Select(result => result.Tensor), first);
        return Array.ConvertAll(outputs, scope.Keep);
    }

    /// <inheritdoc/>
    public void RunBackward(GradientMap gradients, Predicate<Tensor> isWanted)
    {
        if (!Array.Exists(results, result => gradients.Has(result.Tensor)))
        {
            return;
        }

        CheckUses();
        using var activations = new TensorScope(device);
        var (outputs, entries) = RunAgain();
        CheckUses(); // it may have changed one by itself
        foreach (var (index, tensor, version) in results.Where(result => gradients.Has(result.Tensor)))
        {
            var gradient = gradients.Lease(tensor, version, Name, keepInMap: isWanted(tensor));
            gradients.Accumulate(outputs[index], outputs[index].Version, Name, gradient);
            gradients.Release(gradient);
        }

        foreach (var entry in entries.Reverse())
        {
            entry.RunBackward(gradients, isWanted);
        }

        gradients.Rescue(activations);
    }

    private (Tensor[] Outputs, IEnumerable<ITapeEntry> Entries) RunAgain()
    {
        var sources = uses.Where(use => use.IsTracked).Select(use => use.Tensor).ToHashSet();
        using var second = new GradientTape(sources.Contains);
        var outputs = part();
        foreach (var (index, tensor, _) in results)
        {
            var again = index < outputs.Length ? outputs[index] : null;
            if (again is null || !second.Made(again) || again.Type != tensor.Type || !again.Shape.SequenceEqual(tensor.Shape))
            {
                throw TapeErrors.OtherResult(tensor, again);
            }
        }

        return (outputs, [.. second.Entries]);
    }

    private void CheckUses()
    {
        foreach (var (tensor, version, _, kernel) in uses)
        {
            var read = new TapeRead(tensor, $"an input of {kernel}");
            if (tensor.IsDisposed)
            {
                throw TapeErrors.Gone(Name, read);
            }

            if (tensor.Version != version)
            {
                throw TapeErrors.Changed(Name, read);
            }
        }
    }

    /// <summary>A result of the first run that depends on something tracked: its place among all, and how often it had been changed.</summary>
    private readonly record struct Result(int Index, Tensor Tensor, int Version);
}
