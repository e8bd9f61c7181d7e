using System.Collections.Generic;
using System.Linq;

namespace MageDsl.Generators.Ir;

/// <summary>Lists of axes compared as sets.</summary>
internal static class AxisSets
{
    /// <summary>Whether both have the same axes, in any order. Neither has one twice.</summary>
    public static bool IsSameSetAs(this IEnumerable<string> axes, IEnumerable<string> others) => new HashSet<string>(axes).SetEquals(others);
}
