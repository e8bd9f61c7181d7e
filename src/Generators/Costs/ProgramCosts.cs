using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Costs;

/// <summary>What one launch costs, and the bytes of temporaries that must exist while it runs.</summary>
internal sealed record LaunchCost(
    IReadOnlyList<Stage> Parts, SizePolynomial BytesRead, SizePolynomial BytesWritten, SizePolynomial Operations, SizePolynomial BytesLive);

/// <summary>What a program costs: its launches, and the memory that it makes.</summary>
internal sealed class ProgramCosts
{
    private readonly Schedule schedule;
    private readonly AxisProducts products;

    public ProgramCosts(Schedule schedule, IEnumerable<KernelSizeRule> rules)
    {
        this.schedule = schedule;
        products = new AxisProducts(schedule.Program.FixedSizes, rules);
        var live = LiveRanges.Of(schedule);
        Launches = schedule.Launches.Select((parts, i) =>
        {
            var costs = StageCosts.Of(schedule, parts, products);
            return new LaunchCost(parts, costs.BytesRead, costs.BytesWritten, costs.Operations, Bytes(live.During(i)));
        }).ToArray();
        Outputs = schedule.Program.Outputs.Select(o => (o.Buffer.Name, Bytes(new[] { o.Buffer }))).ToArray();
    }

    public IReadOnlyList<LaunchCost> Launches { get; }

    /// <summary>Results, saved values or gradients: they stay when the program is over.</summary>
    public IReadOnlyList<(string Name, SizePolynomial Bytes)> Outputs { get; }

    private SizePolynomial Bytes(IEnumerable<BufferModel> buffers)
    {
        var sum = new SizePolynomial();
        foreach (var buffer in buffers) StageCosts.AddBytes(sum, products, buffer.Axes);
        return sum;
    }
}
