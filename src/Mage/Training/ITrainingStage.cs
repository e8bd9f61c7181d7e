using Mage.Training.Progress;

namespace Mage.Training;

/// <summary>One stage of a run: something that is trained step by step, and can be put aside and taken up again.</summary>
public interface ITrainingStage : IDisposable
{
    /// <summary><c>tokenizer</c> or <c>mage</c>: the name of its files and of its rows in metrics.csv.</summary>
    string Name { get; }

    /// <summary>Steps done.</summary>
    int Step { get; }

    /// <summary>Steps to do in all.</summary>
    int Steps { get; }

    /// <summary>Images in a step.</summary>
    int Batch { get; }

    /// <summary>Steps in which it sees every image once, for the log of epochs; null where none is kept.</summary>
    double? StepsPerEpoch => null;

    /// <summary>What people should know before it trains, a line each.</summary>
    IEnumerable<string> Notes => [];

    /// <summary>Does one step. What it computes depends only on config, data, weights and step number.</summary>
    StepReport Train();

    /// <summary>Images that the model makes as it is now, [N, C, H, W]; null if it makes none. Drawn apart from what training draws.</summary>
    float[]? Samples() => null;

    /// <summary>Writes everything needed to go on: weights, optimizer state, step.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    void SaveCheckpoint(string path);

    /// <summary>Takes up what <see cref="SaveCheckpoint"/> wrote.</summary>
    /// <exception cref="UserErrorException">The file is damaged or belongs to another config; nothing is changed.</exception>
    void LoadCheckpoint(string path);

    /// <summary>Writes the weights alone.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    void SaveWeights(string path);
}
