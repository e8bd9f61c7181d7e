using MageDsl.Devices;
using MageDsl.Layers;
using MageDsl.Tests.Devices;
using Xunit;
using static MageDsl.Tests.Autograd.TapeKernels;

namespace MageDsl.Tests.Autograd;

/// <summary>Parts that are run again on the way back: the same bits, in less memory.</summary>
[Collection(nameof(MemoryPoolTests))]
public sealed class RecomputationTests : IDisposable
{
    private const int Size = 37;

    private readonly TensorScope scope = new();

    public void Dispose() => scope.Dispose();

    private static Tensor Vector(int seed = 1, int size = Size) => new Initializer(seed).Normal(1, size);

    [Fact]
    public void Results_and_gradients_have_the_same_bits() => Assert.Equal(Values(part => part()), Values(Recomputation.Run));

    /// <summary>
    /// The weight is used outside, inside, and twice in a part within the part, the input inside and outside; something is drawn, and one of the
    /// results leads nowhere.
    /// </summary>
    private static float[] Values(Func<Func<Tensor[]>, Tensor[]> run)
    {
        var (weight, values) = (new Parameter("weight", Vector(3)), new List<float>());
        for (var batch = 0; batch < 2; batch++)
        {
            using var step = new TensorScope();
            using var tape = new GradientTape();
            var x = Vector(4 + batch);
            tape.Watch(x);
            var shifted = Shift(x, weight);
            tape.Watch(shifted);
            var made = run(() =>
            {
                var unit = Unit(Regularization.Dropout(shifted, 0.3f, 7));
                var inner = run(() => [Exponential(Shift(Shift(unit, weight), weight)), Unit(x)]);
                return [Shift(inner[0], weight), Shift(inner[1], inner[0]), Exponential(unit)];
            });
            tape.Watch(made[0]);
            var loss = Dot(Shift(made[0], weight), Shift(made[1].Reshape(Size), x));
            tape.Backward(loss);
            values.AddRange(loss.Item(), tape.Gradient(made[0])!.Span<float>()[3]);
            values.AddRange([.. tape.Gradient(x)!.Span<float>(), .. tape.Gradient(shifted)!.Span<float>(), .. tape.Gradient(weight)!.Span<float>()]);
        }

        return [.. values, .. weight.Gradient!.Span<float>()];
    }

    [Fact]
    public void Kept_is_what_the_parts_return()
    {
        const int Parts = 4, Steps = 6;
        var bytes = Vector(size: 1 << 16).Count * sizeof(float);
        Assert.InRange(Peak(part => part()), Parts * Steps, 40);
        Assert.InRange(Peak(Recomputation.Run), Parts + Steps - 1, Parts + Steps + 4);

        double Peak(Func<Func<Tensor>, Tensor> run)
        {
            using var inner = new TensorScope();
            using var tape = new GradientTape();
            var x = Vector(size: 1 << 16);
            tape.Watch(x);
            var before = Device.Default.Pool.InUseBytes;
            Device.Default.Pool.ResetPeak();
            var last = Enumerable.Range(0, Parts).Aggregate(
                x, (value, _) => run(() => Enumerable.Range(0, Steps).Aggregate(value, (next, _) => Unit(next))));
            tape.Backward(Total(last));
            return (Device.Default.Pool.PeakBytes - before) / (double)bytes;
        }
    }

    [Fact]
    public void A_part_runs_again_only_if_its_gradients_are_wanted()
    {
        var (x, runs) = (Vector(), 0);
        Assert.Equal(Size, Run().Count);
        using (var tape = new GradientTape())
        {
            Run();
            Assert.Equal((2, 0), (runs, tape.Count));
            tape.Watch(x);
        }

        using (var tape = new GradientTape())
        {
            tape.Watch(x);
            var (one, other) = (Run(), Run());
            Assert.Equal((4, 2), (runs, tape.Count));
            tape.Backward(Total(one));
            Assert.Equal(5, runs);
            Assert.Equal(Size, other.Count);
        }

        Tensor Run() => Recomputation.Run(() =>
        {
            runs++;
            return Exponential(x);
        });
    }

    [Fact]
    public void What_was_frozen_at_first_gets_no_gradient()
    {
        var (x, weight) = (Vector(), new Parameter("weight", Vector(), requiresGrad: false));
        using var tape = new GradientTape();
        tape.Watch(x);
        var loss = Total(Recomputation.Run(() => Exponential(Shift(x, weight))));
        weight.RequiresGrad = true;
        tape.Backward(loss);
        Assert.Null(weight.Gradient);
        Assert.NotNull(tape.Gradient(x));
    }

    [Fact]
    public void A_gradient_that_a_part_saved_outlives_it()
    {
        var x = Vector();
        using var tape = new GradientTape();
        tape.Watch(x);
        tape.Backward(Total(Recomputation.Run(() =>
        {
            Tensor result = Vector(), saved = Tensor.Full(ElementType.Float32, 3, Size);
            GradientTape.Current!.Record([x], [result], (_, _) => [saved]);
            return result;
        })));
        Assert.All(tape.Gradient(x)!.ToArray<float>(), value => Assert.Equal(3, value));
    }

    [Fact]
    public void What_a_part_reads_must_be_there_and_as_it_was()
    {
        var isEmpty = false;
        const string Needs = "a recomputed part needs an input of TapeKernels.Shift";
        Refused<InvalidOperationException>(Needs, "Tensor.Fill has changed it since", x => x.Fill(2));
        Refused<ObjectDisposedException>(Needs, "it was disposed of", x => x.Dispose());
        Refused<InvalidOperationException>(Needs, "TapeKernels.Step has changed it since", inside: x => Step(x, Vector()));
        Refused<InvalidOperationException>("gave tensor Float32 [37]", "nothing in its place", _ => isEmpty = true);

        void Refused<T>(string needs, string because, Action<Tensor>? between = null, Action<Tensor>? inside = null)
            where T : Exception
        {
            using var tape = new GradientTape();
            var (watched, x) = (Vector(), Vector());
            tape.Watch(watched);
            var made = Recomputation.Run(() =>
            {
                inside?.Invoke(x);
                return isEmpty ? [] : [Shift(watched, x)];
            });
            var loss = Total(made[0]);
            between?.Invoke(x);
            var message = Assert.Throws<T>(() => tape.Backward(loss)).Message;
            Assert.Contains(needs, message);
            Assert.Contains(because, message);
        }
    }

    [Fact]
    public void What_a_part_used_cannot_be_watched_any_more()
    {
        var (x, y) = (Vector(), Vector());
        using var tape = new GradientTape();
        tape.Watch(x);
        Recomputation.Run(() => Shift(x, y));
        Assert.Contains("used by TapeKernels.Shift before", Assert.Throws<InvalidOperationException>(() => tape.Watch(y)).Message);
    }
}
