using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MageDsl;

namespace Mage.Config;

/// <summary>Reads and writes <see cref="RunConfig"/> as JSON. A key that nothing knows is an error, not a silence.</summary>
public static class RunConfigJson
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The config as indented JSON.</summary>
    public static string ToJson(RunConfig config) => JsonSerializer.Serialize(config, RunConfigContext.Default.RunConfig);

    /// <summary>Writes the config, atomically.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Write(string path, RunConfig config) => AtomicFile.WriteText(path, ToJson(config) + "\n");

    /// <summary>Reads and validates a config.</summary>
    /// <exception cref="UserErrorException">The file is missing, is no such JSON, or says something impossible.</exception>
    public static RunConfig Read(string path)
    {
        string text;
        if (Directory.Exists(path))
        {
            throw new UserErrorException($"cannot read the config '{path}': it is a folder; name the config.json in it");
        }

        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot read the config '{path}': {e.Message}", e);
        }

        if (!text.AsSpan().TrimStart().StartsWith("{") && FileKind.Of(path) is { } kind)
        {
            throw new UserErrorException($"the config '{path}' cannot be understood: it is {kind}");
        }

        var config = Parse(text, $"'{path}'");
        RunConfigRules.Check(config);
        return config;
    }

    /// <summary>Parses JSON; <paramref name="where"/> names it in errors.</summary>
    /// <exception cref="UserErrorException">It is no such JSON.</exception>
    public static RunConfig Parse(string json, string where)
    {
        try
        {
            if (JsonNode.Parse(json, documentOptions: Lenient) is JsonObject all)
            {
                SettingNames.Check(all, where);
            }

            return JsonSerializer.Deserialize(json, RunConfigContext.Default.RunConfig)
                ?? throw new UserErrorException($"the config {where} is empty");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // The latter is what a name that is there twice ends in.
            throw new UserErrorException($"the config {where} cannot be understood: {e.Message}", e);
        }
    }

    /// <summary>The config with one setting changed, as <c>mage.training.steps=500</c>; names as in the JSON.</summary>
    /// <exception cref="UserErrorException">There is no such setting, or it cannot have this value.</exception>
    public static RunConfig Set(RunConfig config, string assignment)
    {
        var equals = assignment.IndexOf('=');
        if (equals <= 0)
        {
            throw new UserErrorException($"'{assignment}' is no setting; it should read as mage.training.steps=500");
        }

        var (key, text) = (assignment[..equals].Trim(), assignment[(equals + 1)..].Trim());
        var root = JsonNode.Parse(ToJson(config))!;
        var node = root;
        var parts = key.Split('.');
        foreach (var part in parts[..^1])
        {
            node = (node as JsonObject)?[part] ?? throw NoSetting(key);
        }

        if (node is not JsonObject parent || !parent.ContainsKey(parts[^1]) || parent[parts[^1]] is JsonObject)
        {
            throw NoSetting(key);
        }

        parent[parts[^1]] = Value(text);
        return Parse(root.ToJsonString(), $"with {key}={text}");
    }

    private static UserErrorException NoSetting(string key) => new($"there is no setting called '{key}'; {SettingNames.Unknown(key)}");

    private static JsonNode? Value(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}

/// <summary>Compiled (de)serialisers: no reflection, so that a trimmed program reads its configs too.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    RespectNullableAnnotations = true,
    Converters = [typeof(FiniteConverter)])]
[JsonSerializable(typeof(RunConfig))]
internal sealed partial class RunConfigContext : JsonSerializerContext;
