using System;
using System.Collections.Generic;
using System.Linq;

#if GENERATOR
namespace MageDsl.Generators;
#else
namespace MageDsl;
#endif

/// <summary>Finds the word that was probably meant where another was written.</summary>
internal static class NearestWord
{
    /// <summary>The nearest by letters; null if none is near, or two are equally near.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="words">What could have been.</param>
    public static string? Of(string word, IReadOnlyList<string> words)
    {
        var near = words.Select(known => (Word: known, Distance: Distance(word, known))).OrderBy(known => known.Distance).ToArray();
        if (near.Length == 0) return null;
        var isClear = near.Length == 1 || near[0].Distance < near[1].Distance;
        return isClear && near[0].Distance * 2 <= Math.Max(word.Length, near[0].Word.Length) ? near[0].Word : null;
    }

    /// <summary>Letters to insert, delete or replace (Levenshtein), whatever their case.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, replaced));
            }
        }
        return row[b.Length];
    }
}
