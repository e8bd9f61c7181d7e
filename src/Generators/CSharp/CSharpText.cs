using System.Linq;
using System.Text;

namespace MageDsl.Generators.CSharp;

/// <summary>
/// Texts as C# source. Written here rather than taken from Roslyn, so that <c>kernels show</c> can compile a kernel again without it.
/// </summary>
internal static class CSharpText
{
    /// <summary>
    /// How a method's body begins. Offsets may be negative on the way, which a project that checks its arithmetic would not let pass.
    /// </summary>
    public const string Open = "{ unchecked {";

    /// <summary>How a method's body ends.</summary>
    public const string Close = "} }";

    /// <summary>A string literal.</summary>
    public static string Literal(string text)
    {
        var literal = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\') literal.Append('\\').Append(c);
            else if (c < ' ') literal.Append($"\\u{(int)c:x4}");
            else literal.Append(c);
        }
        return literal.Append('"').ToString();
    }

    /// <summary>A literal of a condition.</summary>
    public static string Literal(bool value) => value ? "true" : "false";

    /// <summary>A raw string literal of several lines, indented as the file is.</summary>
    public static string RawLiteral(string text) =>
        "        \"\"\"\n" + string.Concat(text.TrimEnd('\n', '\r').Split('\n').Select(l => $"        {l.TrimEnd('\r')}\n")) + "        \"\"\"";

    /// <summary>A set of bits.</summary>
    public static string Mask(long bits) => $"0x{bits:x}L";
}
