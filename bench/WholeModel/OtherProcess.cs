using System.Diagnostics;
using System.Globalization;

namespace Bench.WholeModel;

/// <summary>A contestant in a process of its own: a line with what to do goes in, a line of numbers comes out.</summary>
internal sealed class OtherProcess : IContestant
{
    private readonly Process process;

    private OtherProcess(Process process) => this.process = process;

    /// <summary>Starts it and waits for its greeting. Variables without a value are taken out of the environment.</summary>
    /// <returns>The contestant, and the line it greets with; null and why not, if it does not come up.</returns>
    public static (OtherProcess? Contestant, string Text) Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            info.Environment.Remove(name);
            if (value is not null)
                info.Environment.Add(name, value);
        }
        try
        {
            var process = Process.Start(info)!;
            var errors = process.StandardError.ReadToEndAsync();
            if (process.StandardOutput.ReadLine() is { } greeting)
                return (new OtherProcess(process), greeting);
            var last = errors.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "it ended at once";
            process.Dispose();
            return (null, last);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (null, e.Message);
        }
    }

    /// <inheritdoc/>
    public double[] Do(string what)
    {
        process.StandardInput.WriteLine(what);
        process.StandardInput.Flush();
        var answer = process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"{process.StartInfo.FileName} ended while it did '{what}'");
        return [.. answer.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
    }

    /// <summary>The other side: answers what standard input asks until it ends.</summary>
    public static int Serve(IContestant contestant, string greeting)
    {
        Console.WriteLine(greeting);
        while (Console.ReadLine() is { } what)
            Console.WriteLine(string.Join(' ', contestant.Do(what).Select(number => number.ToString("R", CultureInfo.InvariantCulture))));
        return 0;
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(5000))
            process.Kill();
        process.Dispose();
    }
}
