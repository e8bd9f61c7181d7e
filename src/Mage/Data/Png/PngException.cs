namespace Mage.Data.Png;

/// <summary>A PNG that is damaged or of a kind that is not read; the message says which, without the path.</summary>
public sealed class PngException(string message, Exception? inner = null) : Exception(message, inner);
