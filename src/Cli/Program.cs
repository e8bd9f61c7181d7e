namespace Mage.Cli;

/// <summary>The command <c>mage-dsl</c>.</summary>
internal static class Program
{
    /// <summary>Runs the command; the exit code is 0, 2 for a user's error, or 130 after Ctrl-C.</summary>
    public static int Main(string[] args) => CommandTree.Run(args, new Training.RunParts());
}
