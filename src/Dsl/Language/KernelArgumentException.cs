namespace MageDsl;

/// <summary>An argument does not fit a kernel's signature. The message names kernel, parameter, axis, and what was expected and found.</summary>
public sealed class KernelArgumentException : ArgumentException
{
    /// <summary>An error of one argument.</summary>
    /// <param name="kernel">The kernel, as <c>Normalization.LayerNorm</c>.</param>
    /// <param name="parameter">The parameter.</param>
    /// <param name="message">What is wrong with it, as the rest of a sentence that starts with kernel and parameter.</param>
    public KernelArgumentException(string kernel, string parameter, string message)
        : base($"{kernel}: {parameter} {message}")
    {
        Kernel = kernel;
        Parameter = parameter;
    }

    /// <summary>The kernel.</summary>
    public string Kernel { get; }

    /// <summary>The parameter.</summary>
    public string Parameter { get; }
}
