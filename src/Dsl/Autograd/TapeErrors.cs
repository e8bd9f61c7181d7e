namespace MageDsl;

/// <summary>What a tape says when it cannot give the gradient: which tensor, what happened to it, who needed it, and what to do.</summary>
internal static class TapeErrors
{
    /// <summary>A backward pass reads a tensor that has changed since the launch.</summary>
    public static InvalidOperationException Changed(string kernel, TapeRead read) => new(
        $"the gradient of {kernel} needs {Describe(read)} as it was at the launch, but {read.Tensor.ChangedBy} has changed it since; "
        + "call Backward before the change, or change a copy (Tensor.Clone)");

    /// <summary>A backward pass reads a tensor whose memory is gone.</summary>
    public static ObjectDisposedException Gone(string kernel, TapeRead read) => new(
        nameof(Tensor),
        $"the gradient of {kernel} needs {Describe(read)}, but {(read.Tensor.EndedByScope ? "its TensorScope ended" : "it was disposed of")} "
        + "before Backward; "
        + "call Backward before that, or let it live longer (TensorScope.Keep)");

    /// <summary>What a launch kept for its backward pass is gone.</summary>
    public static ObjectDisposedException SavedGone(string kernel, Tensor saved) => new(
        nameof(Tensor),
        $"the gradient of {kernel} needs values that its launch kept, "
        + $"but {(saved.EndedByScope ? "their TensorScope ended" : "they were disposed of")} "
        + "before Backward; call Backward in the scope of the launch");

    /// <summary>A value that a launch computed was changed before another one used it: what no tape has recorded has no gradient.</summary>
    public static InvalidOperationException ChangedBetween(string producer, string user, Tensor tensor) => new(
        $"{tensor} was computed by {producer}, changed by {tensor.ChangedBy} and then used by {user}; a change in place is not recorded, so the "
        + "gradient would be that of a value which was not used. Let the change be a kernel with a result of its own");

    /// <summary>Launches used several values of one tensor whose gradient is wanted.</summary>
    public static InvalidOperationException SeveralValues(string first, string second, Tensor tensor) => new(
        $"the gradient by {tensor} is wanted, but {tensor.ChangedBy} changed it between {first} and {second}, which both used it, so there is no "
        + "one value to take the gradient at; let both use the same value, or each a tensor of its own");

    /// <summary>A launch used a tensor before it was watched.</summary>
    public static InvalidOperationException WatchedLate(string kernel, Tensor tensor) => new(
        $"{tensor} was used by {kernel} before it was watched, so its gradient would lack that part; watch it before its first use");

    /// <summary>A recomputed part does something else when it runs again.</summary>
    public static InvalidOperationException OtherResult(Tensor first, Tensor? again) => new(
        $"a recomputed part gave {first}, and when it ran again {again?.ToString() ?? "nothing in its place"}"
        + $"{(again is null ? "" : ", or the same without recorded launches")}; it must do the same each time");

    /// <summary>The launches are forgotten.</summary>
    public static ObjectDisposedException TapeGone() => new(
        nameof(GradientTape), "this tape was disposed of, and its launches are forgotten; call Watch and Backward while it is alive");

    /// <summary>The loss was not recorded.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="launches">How many launches the tape has recorded.</param>
    /// <param name="constant">Kernels that took something tracked, and whose results do not depend on it.</param>
    public static ArgumentException NotRecorded(Tensor loss, int launches, IReadOnlyCollection<string> constant) => new(
        constant.Count > 0
            ? $"the loss, {loss}, does not depend on its parameters: as compiled, the results of {string.Join(" and ", constant)} "
                + "do not change with the arguments "
                + "(what they are multiplied by folds to zero, or they are only compared, rounded or under StopGradient), so all gradients are zero"
            : $"the loss, {loss}, depends on no parameter that requires gradients and on no watched tensor, as far as this tape has seen "
        + $"({launches} launches). Launches before the tape, before Watch or in a Pause, kernels that are not differentiable, "
        + "Clone, Cast, and gradients "
        + "are not recorded",
        nameof(loss));

    /// <summary>The loss was recorded, but all its gradients are zero by definition.</summary>
    public static ArgumentException Unreached(Tensor loss) => new(
        $"the loss, {loss}, reaches no parameter that requires gradients and no watched tensor: on every way to one there is something that has "
        + "no gradient (StopGradient, a comparison, Floor, ids)",
        nameof(loss));

    private static string Describe(TapeRead read) => $"{read.Name} ({read.Tensor})";
}
