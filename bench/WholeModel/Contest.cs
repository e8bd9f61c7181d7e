using System.Diagnostics;
using Bench.Quick;

namespace Bench.WholeModel;

/// <summary>
/// This build, the same sources compiled without fusion, and PyTorch, each in a process of its own, do the same thing by turns, so that what
/// else happens on the machine hits all of them. Ratios are medians of the ratios within a turn.
/// </summary>
internal sealed class Contest : IDisposable
{
    private const int LeastTurns = 3;
    private const double LongSeconds = 2;

    private readonly IContestant own;
    private readonly IContestant?[] others;
    private readonly List<double[]?[]> turns = [];

    /// <summary>Starts the others.</summary>
    /// <param name="own">This build's contestant, owned from now on.</param>
    /// <param name="subject">What the others should be: the key of a model, or <c>attention</c>.</param>
    /// <param name="alone">No others.</param>
    public Contest(IContestant own, string subject, bool alone)
    {
        this.own = own;
        others = alone ? [null, null] : [Peers.Unfused(subject), Peers.Torch(subject)];
    }

    /// <summary>The head of a table of <see cref="Row"/>s.</summary>
    public static string Head(string what) => $"""
        | {what} | fused | unfused | PyTorch | unfused / fused | PyTorch / fused | turns |
        |---|--:|--:|--:|--:|--:|--:|
        """;

    /// <summary>All take turns for some time, at least three; the first time does not count.</summary>
    public void Run(string what, double seconds)
    {
        IContestant?[] all = [own, .. others];
        foreach (var contestant in all)
            contestant?.Do(what);
        var clock = Stopwatch.StartNew();
        while (turns.Count < LeastTurns || clock.Elapsed.TotalSeconds < seconds)
            turns.Add(Array.ConvertAll(all, contestant => contestant is null ? null : Turn(contestant, what)));
    }

    /// <summary>A row of the table: medians (least) in milliseconds, and how much longer the others take.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="time">Picks seconds from an answer.</param>
    /// <param name="per">Things that an answer is for.</param>
    public string Row(string name, Func<double[], double> time, int per)
    {
        var times = turns.Select(turn => Array.ConvertAll(turn, t => t is null ? double.NaN : time(t) / per * 1e3)).ToArray();
        return $"| {name} | {Cell(times, 0)} | {Cell(times, 1)} | {Cell(times, 2)} | {Ratio(times, 1)} | {Ratio(times, 2)} | {turns.Count} |";
    }

    /// <summary>Rows with the memory of a step, in megabytes.</summary>
    public IEnumerable<string> MemoryRows(string name)
    {
        var (fused, unfused) = (own.Do("memory"), others[0]?.Do("memory"));
        string[] parts = ["MB that the forward pass keeps", "MB at the peak, gradients included"];
        for (var i = 0; i < parts.Length; i++)
        {
            var ratio = unfused is null ? "" : $"{unfused[i] / fused[i]:F2}";
            yield return $"| {name}: {parts[i]} | {fused[i] / 1e6:F0} | {unfused?[i] / 1e6:F0} | | {ratio} | | |";
        }
    }

    public void Dispose()
    {
        own.Dispose();
        foreach (var contestant in others)
            contestant?.Dispose();
    }

    /// <summary>
    /// What does not take long is done twice, and the second time counts: the first finds weights and moments pushed out of the caches by
    /// whoever had the turn before, which is not so in training.
    /// </summary>
    private static double[] Turn(IContestant contestant, string what)
    {
        var start = Stopwatch.GetTimestamp();
        var first = contestant.Do(what);
        return Stopwatch.GetElapsedTime(start).TotalSeconds > LongSeconds ? first : contestant.Do(what);
    }

    private static string Cell(double[][] times, int of)
        => double.IsNaN(times[0][of]) ? "" : $"{Statistics.Median(times, of):F1} ({times.Min(t => t[of]):F1})";

    private static string Ratio(double[][] times, int of)
        => double.IsNaN(times[0][of]) ? "" : $"{Statistics.Median(times.Select(t => t[of] / t[0])):F2}";
}
