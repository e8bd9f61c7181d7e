namespace Mage.Training.Progress;

/// <summary>Shows people how a run goes on.</summary>
public interface IProgressDisplay
{
    /// <summary>Shows a stage while <paramref name="work"/> runs, which reports each step it has done.</summary>
    /// <param name="stage">Name of the stage.</param>
    /// <param name="done">Steps done before.</param>
    /// <param name="total">Steps in all.</param>
    /// <param name="batch">Images in a step.</param>
    /// <param name="work">Called once, on this thread.</param>
    void Run(string stage, int done, int total, int batch, Action<Action<int, StepReport>> work);

    /// <summary>Shows a line of text.</summary>
    void Note(string line);
}
