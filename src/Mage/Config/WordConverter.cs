using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mage.Config;

/// <summary>A choice as a word in JSON, <c>squareRoot</c> say; an error names all of them.</summary>
internal sealed class WordConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType == JsonTokenType.String && Words.TryParse<T>(reader.GetString()!, out var value)
            ? value
            : throw new JsonException($"it should be one of {string.Join(", ", Words.Of<T>())}");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Words.Of(value));
}

/// <summary>Choices as words: the names of an enumeration, beginning small.</summary>
public static class Words
{
    /// <summary>The words of all choices, in their order.</summary>
    public static IReadOnlyList<string> Of<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(Of)];

    /// <summary>The word of a choice.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>The choice that a word stands for, written as it may be: <c>squareRoot</c> or <c>square-root</c>.</summary>
    public static bool TryParse<T>(string word, out T value)
        where T : struct, Enum
    {
        // Not by the enumeration itself, which takes numbers and lists of words as well.
        var plain = word.Replace("-", "", StringComparison.Ordinal);
        var found = Enum.GetValues<T>().Where(one => string.Equals(one.ToString(), plain, StringComparison.OrdinalIgnoreCase)).ToArray();
        value = found.FirstOrDefault();
        return found.Length > 0;
    }
}
