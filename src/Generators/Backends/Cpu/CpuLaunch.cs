using System.Linq;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends.Cpu;

/// <summary>A launch and its struct.</summary>
internal sealed record CpuLaunch(LaunchPlan Plan, StageCode Code)
    : LaunchCode(Plan, Code.Template, Code.Comment, Code.Places.Select(p => p.Buffer.Name).Distinct().ToArray())
{
    public override string Source => string.Join("\n", Code.Parts.Append(Code).Select(c => c.Struct()));
}
