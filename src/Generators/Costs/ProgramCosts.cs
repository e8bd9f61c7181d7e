using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Costs;

/// <summary>What one launch costs, and the bytes of temporaries that must exist while it runs.</summary>
internal sealed record LaunchCost(
    IReadOnlyList<Stage> Parts, SizePolynomial BytesRead, SizePolynomial BytesWritten, SizePolynomial Operations, SizePolynomial BytesLive)
{
    /// <summary>Those of the operations that are of contractions.</summary>
    public SizePolynomial ContractionOperations { get; init; } = new();
}

/// <summary>What a program costs: its launches, and the memory that it makes.</summary>
internal sealed class ProgramCosts
{
    private readonly Schedule schedule;
    private readonly AxisProducts products;
    private readonly bool inShort;

    /// <param name="schedule">The program's schedule.</param>
    /// <param name="rules">How sizes follow from others.</param>
    /// <param name="inShort">Whether a device keeps short buffers in 16 bits.</param>
    public ProgramCosts(Schedule schedule, IEnumerable<KernelSizeRule> rules, bool inShort = false)
    {
        this.schedule = schedule;
        this.inShort = inShort;
        products = new AxisProducts(schedule.Program.FixedSizes, rules);
        var live = LiveRanges.Of(schedule);
        Launches = schedule.Launches.Select((parts, i) =>
        {
            var costs = StageCosts.Of(schedule, parts, products, inShort);
            return new LaunchCost(parts, costs.BytesRead, costs.BytesWritten, costs.Operations, Bytes(live.During(i)))
            {
                ContractionOperations = costs.ContractionOperations,
            };
        }).ToArray();
        Outputs = schedule.Program.Outputs
            .Select(o => (o.Buffer.Name, Bytes(new[] { o.Buffer with { IsShort = schedule.HasShort(o.Buffer.Name) } }))).ToArray();
    }

    public IReadOnlyList<LaunchCost> Launches { get; }

    /// <summary>Results, saved values or gradients: they stay when the program is over.</summary>
    public IReadOnlyList<(string Name, SizePolynomial Bytes)> Outputs { get; }

    private SizePolynomial Bytes(IEnumerable<BufferModel> buffers)
    {
        var sum = new SizePolynomial();
        foreach (var buffer in buffers) products.AddTo(sum, StageCosts.BytesOf(buffer, inShort), buffer.Axes);
        return sum;
    }
}
