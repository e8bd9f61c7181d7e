namespace MageDsl.Generators.Backends;

/// <summary>The generated class that launches a kernel's programs on one kind of device.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">Its type parameters.</param>
/// <param name="Constraints">What these have to be.</param>
/// <param name="Float32">The type arguments for reals of 32 bits.</param>
/// <param name="Float64">The same for 64 bits.</param>
/// <param name="Device">The type of the device, which every method takes first; null where there is only one.</param>
/// <param name="Choose">
/// The method that finds the device of a launch, from the kernel's name, the tensors' names and the tensors; it gives null if it is of another kind.
/// </param>
/// <param name="IsThere">What says whether the program has code for such a device, known when it is published as native code.</param>
/// <param name="BFloat16">
/// The type arguments for reals of 32 bits of which some are kept as bfloat16; null where none is, or the kernel has none to keep so.
/// </param>
internal sealed record LaunchClass(
    string Name, string Parameters, string Constraints, string Float32, string Float64, string? Device = null, string Choose = "",
    string IsThere = "", string? BFloat16 = null)
{
    /// <summary>The type of the elements of short buffers in generated code.</summary>
    public const string Short = "H";

    /// <summary>The name of the device in generated code.</summary>
    public const string DeviceName = "_device";

    /// <summary>How it begins.</summary>
    public string Head => $"internal static class {Name}{Parameters} {Constraints}";

    /// <summary>Before the parameters of every method.</summary>
    public string Parameter => Device is null ? "" : $"{Device} {DeviceName}, ";

    /// <summary>Before the arguments of every call.</summary>
    public string Argument => Device is null ? "" : $"{DeviceName}, ";
}
