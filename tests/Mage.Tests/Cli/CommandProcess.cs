using System.Diagnostics;
using System.Text;

namespace Mage.Tests.Cli;

/// <summary>The built command in a process of its own.</summary>
internal sealed class CommandProcess : IDisposable
{
    // Nothing here should take nearly as long; it ends a test that would wait for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder error = new();

    private CommandProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, e) => Add(output, e.Data);
        process.ErrorDataReceived += (_, e) => Add(error, e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => process.Id;

    public bool HasEnded => process.HasExited;

    public string Output => Text(output);

    /// <summary>Starts it.</summary>
    /// <param name="locks">Whether the system's file locks are used; without them it is as on a file system that knows none.</param>
    /// <param name="args">The command line.</param>
    public static CommandProcess Start(bool locks, params string[] args) => StartIn("", locks, args);

    /// <summary>The same in a folder.</summary>
    public static CommandProcess StartIn(string folder, bool locks, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "mage-dsl.dll"), .. args])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder,
        };
        start.Environment["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = locks ? "0" : "1";
        start.Environment["MAGEDSL_THREADS"] = "1";
        return new CommandProcess(new Process { StartInfo = start });
    }

    /// <summary>Waits for something that it brings about; fails if it ends before.</summary>
    public void Until(Func<bool> happens)
    {
        var since = Stopwatch.GetTimestamp();
        while (!happens())
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(since) > Patience)
            {
                throw new InvalidOperationException($"it did not come to that: {Output} {Text(error)}");
            }

            Thread.Sleep(5);
        }
    }

    /// <summary>Waits for its end.</summary>
    public (int Code, string Error) End()
    {
        if (!process.WaitForExit(Patience))
        {
            throw new InvalidOperationException($"it does not end: {Output} {Text(error)}");
        }

        process.WaitForExit(); // for the rest of its output
        return (process.ExitCode, Text(error));
    }

    /// <summary>Asks it to stop, as Ctrl-C does.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Ends it without its help.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            Kill();
        }

        process.Dispose();
    }

    private static void Add(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.Append(line is null ? "" : line + "\n");
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
