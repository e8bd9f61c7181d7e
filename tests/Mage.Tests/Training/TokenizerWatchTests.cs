using Mage.Config;
using Mage.Training;
using MageDsl;

namespace Mage.Tests.Training;

public class TokenizerWatchTests
{
    private static readonly DiscriminatorConfig Config = new() { Start = 10, WatchEvery = 5, WatchTolerance = 0.2f, WatchPatience = 2 };

    [Fact]
    public void ItLooksFromTheStartOnAndAtTheEnd()
    {
        using var model = new One();
        using var watch = new TokenizerWatch(Config, 33, model);
        Assert.Equal([10, 15, 20, 25, 30, 33], Enumerable.Range(1, 33).Where(watch.IsDue));
    }

    [Fact]
    public void TrainingThatDegradesIsReportedOnceAndGoesBack()
    {
        using var model = new One();
        using var watch = new TokenizerWatch(Config, 30, model);
        Assert.Null(Look(10, 0.10));
        Assert.Null(Look(15, 0.08));
        Assert.Null(Look(20, 0.10));
        var note = Look(25, 0.11);
        Assert.Contains("the error is 0.1100 after step 25, and was 0.0800 after step 15", note);
        Assert.Contains("unless it recovers", note);
        Assert.Equal(25, model.Value);
        Assert.Contains("went back to those weights", Look(30, 0.12));
        Assert.Equal(15, model.Value);

        string? Look(int step, double error) => At(watch, model, step, error);
    }

    [Fact]
    public void TrainingThatRecoversStaysAsItIs()
    {
        using var model = new One();
        using var watch = new TokenizerWatch(Config, 30, model);
        Assert.Null(At(watch, model, 10, 0.1));
        Assert.Null(At(watch, model, 15, 0.2));
        Assert.NotNull(At(watch, model, 20, 0.2));
        Assert.Null(At(watch, model, 25, 0.11));
        Assert.Null(At(watch, model, 30, 0.2));
        Assert.Equal(30, model.Value);
    }

    [Fact]
    public void AnErrorThatIsNoNumberIsNotTheBest()
    {
        using var model = new One();
        using var watch = new TokenizerWatch(Config, 30, model);
        Assert.Null(At(watch, model, 10, double.NaN));
        Assert.Null(At(watch, model, 15, 0.1));
        Assert.Null(At(watch, model, 20, double.NaN));
        Assert.NotNull(At(watch, model, 30, double.NaN));
        Assert.Equal(15, model.Value);
    }

    [Fact]
    public void ItGoesOnFromItsState()
    {
        using var scope = new TensorScope();
        using One model = new(), other = new();
        using TokenizerWatch watch = new(Config, 20, model), resumed = new(Config, 20, other);
        At(watch, model, 10, 0.1);
        At(watch, model, 15, 0.2);
        var state = new Dictionary<string, Tensor>(resumed.State);
        foreach (var (key, tensor) in watch.State)
        {
            tensor.CopyTo(state[key]);
        }

        resumed.Restore(state);
        Assert.Contains("was 0.1000 after step 10; went back", At(resumed, other, 20, 0.3));
        Assert.Equal(10, other.Value);
    }

    /// <summary>A look, at which the only weight is the step.</summary>
    private static string? At(TokenizerWatch watch, One model, int step, double error)
    {
        model.Value = step;
        return watch.Look(step, error);
    }

    private sealed class One : Module
    {
        private readonly Parameter weight;

        public One() => weight = Add("weight", Tensor.From([0f], 1));

        public float Value
        {
            get => weight.Value.Item();
            set => weight.Value.Fill(value);
        }
    }
}
