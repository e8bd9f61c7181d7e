using Mage.Training.Progress;

namespace Mage.Tests.Training;

/// <summary>Remembers what it is told to show.</summary>
internal sealed class QuietProgress : IProgressDisplay
{
    public List<string> Lines { get; } = [];

    public void Run(string stage, int done, int total, int batch, Action<Action<int, StepReport>> work)
    {
        Lines.Add($"{stage} from {done} to {total}");
        work((step, _) => Lines.Add($"{stage} {step}"));
    }

    public void Note(string line) => Lines.Add(line);
}
