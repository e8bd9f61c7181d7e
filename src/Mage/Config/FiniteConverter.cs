using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mage.Config;

/// <summary>A number in JSON that a float can hold: 1e999 would be read as infinity, which no setting means and JSON cannot write.</summary>
internal sealed class FiniteConverter : JsonConverter<float>
{
    /// <inheritdoc/>
    public override float Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => reader.TokenType == JsonTokenType.Number && reader.TryGetSingle(out var value) && float.IsFinite(value)
            ? value
            : throw new JsonException("it should be a number between -3.4e38 and 3.4e38");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, float value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
