using System.Text.Json.Nodes;
using MageDsl;

namespace Mage.Config;

/// <summary>The names of all settings, as in the JSON: <c>mage.training.steps</c>.</summary>
internal static class SettingNames
{
    private static readonly Lazy<string[]> Lazily = new(() => [.. Of(JsonNode.Parse(RunConfigJson.ToJson(new RunConfig()))!.AsObject(), "")]);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All => Lazily.Value;

    /// <summary>Makes sure that every name in a config is one of a setting.</summary>
    /// <param name="config">The config, as far as it is JSON.</param>
    /// <param name="where">Names it in errors.</param>
    /// <exception cref="UserErrorException">One is not; the line names the nearest that is.</exception>
    public static void Check(JsonObject config, string where)
    {
        var parts = All.SelectMany(name => Enumerable.Range(0, name.Length).Where(i => name[i] == '.').Select(i => name[..i])).ToHashSet();
        Check(config, "");

        void Check(JsonObject part, string prefix)
        {
            foreach (var (key, value) in part)
            {
                var name = prefix + key;
                if (value is JsonObject inner && parts.Contains(name))
                {
                    Check(inner, name + ".");
                }
                else if (!All.Contains(name) && !parts.Contains(name))
                {
                    throw new UserErrorException($"the config {where} has '{name}', which is no setting; {Unknown(name)}");
                }
            }
        }
    }

    /// <summary>Which setting is probably meant by a name that none has.</summary>
    public static string Unknown(string name)
    {
        // Among those of the same part first: mage.dept is mage.depth and not data.path.
        var part = name[..(name.LastIndexOf('.') + 1)];
        var near = NearestWord.Of(Last(name), [.. All.Where(known => known == part + Last(known)).Select(Last)]) is { } last
            ? part + last
            : NearestWord.Of(name, All);
        return $"{(near is null ? "config.json of a run shows them all" : $"the nearest is {near}")}";

        static string Last(string known) => known[(known.LastIndexOf('.') + 1)..];
    }

    private static IEnumerable<string> Of(JsonObject part, string prefix) => part.SelectMany(pair
        => pair.Value is JsonObject inner ? Of(inner, $"{prefix}{pair.Key}.") : [prefix + pair.Key]);
}
