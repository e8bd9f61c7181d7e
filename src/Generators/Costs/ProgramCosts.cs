using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Costs;

/// <summary>What one stage costs, and the bytes of temporaries that must exist while it runs.</summary>
internal sealed record StageCost(Stage Stage, SizePolynomial BytesRead, SizePolynomial BytesWritten, SizePolynomial Operations, SizePolynomial BytesLive);

/// <summary>What a program costs: its stages, and the memory that it makes.</summary>
internal sealed class ProgramCosts
{
    private readonly Schedule schedule;
    private readonly AxisProducts products;

    public ProgramCosts(Schedule schedule, IEnumerable<AxisRule> rules)
    {
        this.schedule = schedule;
        products = new AxisProducts(schedule.Program.FixedSizes, rules);
        var live = new LiveRanges(schedule);
        Stages = schedule.Stages.Where(s => s.Items.Count > 0).Select(stage =>
        {
            var costs = StageCosts.Of(schedule, stage, products);
            return new StageCost(stage, costs.BytesRead, costs.BytesWritten, costs.Operations, Bytes(live.During(stage)));
        }).ToArray();
        Outputs = schedule.Program.Outputs.Select(o => (o.Buffer.Name, Bytes(new[] { o.Buffer }))).ToArray();
    }

    public IReadOnlyList<StageCost> Stages { get; }

    /// <summary>Results, saved values or gradients: they stay when the program is over.</summary>
    public IReadOnlyList<(string Name, SizePolynomial Bytes)> Outputs { get; }

    private SizePolynomial Bytes(IEnumerable<BufferModel> buffers)
    {
        var sum = new SizePolynomial();
        foreach (var buffer in buffers) StageCosts.AddBytes(sum, products, buffer.Axes);
        return sum;
    }
}
