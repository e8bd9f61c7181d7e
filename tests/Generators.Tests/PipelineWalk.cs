using System.Collections;
using System.Reflection;

namespace Generators.Tests;

/// <summary>Everything that values hold on to, however deep.</summary>
internal static class PipelineWalk
{
    public static IReadOnlyCollection<object> From(IEnumerable<object> values)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var value in values) Walk(value, seen);
        return seen;
    }

    private static void Walk(object? value, HashSet<object> seen)
    {
        if (value is null || value is Type || !seen.Add(value)) return;
        // What belongs to Roslyn is not looked into: that it is there is bad enough.
        if (value is string || value.GetType() is { IsPrimitive: true } or { IsEnum: true }
            || value.GetType().Namespace!.StartsWith("Microsoft.CodeAnalysis.CSharp", StringComparison.Ordinal))
        {
            return;
        }
        if (value is IEnumerable items)
            foreach (var item in items) Walk(item, seen);
        for (var type = value.GetType(); type != null && type != typeof(object); type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                Walk(field.GetValue(value), seen);
        }
    }
}
