namespace Mage.Checkpoints.Pickle;

/// <summary>A pickle that is damaged, or asks for something that is not on the list: what, without the name of the file.</summary>
internal sealed class PickleException(string message) : Exception(message);
