using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Parsing;

namespace MageDsl.Generators.Pipeline;

/// <summary>
/// The names of the generated files, which do not tell upper from lower case as the names of kernels do. Equal as long as the same names
/// meet, so that an edit of one kernel is not one of all.
/// </summary>
internal sealed record FileNames(EquatableArray<string> Meeting)
{
    public FileNames(IEnumerable<ParsedKernel> kernels)
        : this(Meet(kernels.Where(k => k.Traced != null).Select(k => CompiledKernel.NameOf(k.Traced!.Model))).ToEquatable())
    {
    }

    /// <summary>"Namespace.Type.Kernel.g.cs", with a number where another kernel has that name but for the case.</summary>
    public string Of(string kernel)
    {
        var number = Meeting.Where(other => string.Equals(other, kernel, StringComparison.OrdinalIgnoreCase)).ToList().IndexOf(kernel);
        return number > 0 ? kernel + "." + (number + 1).ToString(CultureInfo.InvariantCulture) + ".g.cs" : kernel + ".g.cs";
    }

    private static IEnumerable<string> Meet(IEnumerable<string> names) => names.Distinct().GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
        .Where(group => group.Count() > 1).SelectMany(group => group).OrderBy(name => name, StringComparer.Ordinal);
}
