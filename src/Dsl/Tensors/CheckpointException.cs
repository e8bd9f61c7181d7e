namespace MageDsl;

/// <summary>A checkpoint that cannot be read, or does not fit: one line that names the file or module, and the key.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>An error with its one line.</summary>
    public CheckpointException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its one line and what caused it.</summary>
    public CheckpointException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
