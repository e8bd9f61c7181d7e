namespace MageDsl.Generators.Ir;

/// <summary>The names of the tensors that are not parameters, in graphs and in generated code.</summary>
internal static class BufferNames
{
    public static string Result(int index) => $"_result{index}";

    /// <summary>The gradient that comes in for a result.</summary>
    public static string ResultGradient(int index) => $"_grad{index}";

    /// <summary>The gradient that goes out for a parameter.</summary>
    public static string Gradient(string parameter) => $"_grad_{parameter}";

    /// <summary>Whether a name is that of a parameter, and none of these, nor of a temporary.</summary>
    public static bool IsParameter(string name) => name[0] != '_';

    /// <summary>A value that the forward pass keeps.</summary>
    public static string Saved(int index) => $"_saved{index}";
}
