namespace Mage.Images;

/// <summary>A picture that is damaged or of a kind that is not read; the message says which, without the path.</summary>
public sealed class ImageException(string message) : Exception(message);
