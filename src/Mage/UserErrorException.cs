namespace Mage;

/// <summary>
/// Something the user can put right: a missing folder, a broken file, an impossible setting. The message is one
/// line that names the path or the setting; the command prints it and ends with exit code 2.
/// </summary>
public sealed class UserErrorException : Exception
{
    /// <summary>An error with a message of one line.</summary>
    public UserErrorException(string message, Exception? inner = null)
        : base(message.ReplaceLineEndings(" "), inner)
    {
    }
}
