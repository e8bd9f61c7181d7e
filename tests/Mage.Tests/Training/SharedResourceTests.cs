using Mage.Training;
using MageDsl;
using MageDsl.Devices;
using MageDsl.Devices.Cpu;

namespace Mage.Tests.Training;

/// <summary>Memory and threads of training.</summary>
[Collection(AloneCollection.Name)]
public class SharedResourceTests
{
    [Fact]
    public void AHundredStepsOfMageAllocateNothingAfterTheThird()
    {
        using var trainer = new MageTrainer(TinyRuns.Config(steps: 100));
        AllocatesNothingAfterTheThird(step => trainer.Train(TinyRuns.Codes(step)));
    }

    [Fact]
    public void AHundredStepsOfTheTokenizerAllocateNothingAfterTheThird()
    {
        using var trainer = new TokenizerTrainer(TinyRuns.Config(steps: 100));
        AllocatesNothingAfterTheThird(step => trainer.Train(TinyRuns.Images(step)));
    }

    [Fact]
    public void AStepLeavesNoTensorBehind()
    {
        using var trainer = new MageTrainer(TinyRuns.Config(steps: 100));
        trainer.Train(TinyRuns.Codes(0));
        trainer.Train(TinyRuns.Codes(1));
        var before = Device.Default.Pool.InUseBytes;
        trainer.Train(TinyRuns.Codes(2));
        Assert.Equal(before, Device.Default.Pool.InUseBytes);
    }

    [Fact]
    public void AnAdversarialStepLeavesNoTensorBehind()
    {
        using var trainer = new TokenizerTrainer(AdversarialTrainerTests.Adversarial(), TinyRuns.Images(7));
        for (var step = 0; step < 10; step++)
        {
            trainer.Train(TinyRuns.Images(step));
        }

        var before = Device.Default.Pool.InUseBytes;
        trainer.Train(TinyRuns.Images(10));
        trainer.Train(TinyRuns.Images(11)); // which looks at images, too
        Assert.Equal(before, Device.Default.Pool.InUseBytes);
    }

    [Fact]
    public void RecomputedBlocksTakeLessMemory()
    {
        var (kept, recomputed) = (Peak(recompute: false), Peak(recompute: true));
        Assert.True(recomputed < 0.6 * kept, $"{recomputed} bytes instead of {kept}");

        static long Peak(bool recompute)
        {
            var config = TinyRuns.Config(steps: 10);
            (config.Mage.Depth, config.Mage.DecoderDepth, config.Mage.Training.Recompute) = (6, 6, recompute);
            using var trainer = new MageTrainer(config);
            trainer.Train(TinyRuns.Codes(0));
            var before = Device.Default.Pool.InUseBytes;
            Device.Default.Pool.ResetPeak();
            trainer.Train(TinyRuns.Codes(1));
            return Device.Default.Pool.PeakBytes - before;
        }
    }

    [Fact]
    public void WeightsAreTheSameForEveryNumberOfThreads()
    {
        var (shared, weights) = (WorkerPool.Shared, new List<(float[] Tokenizer, float[] Mage, float[] Adversarial)>());
        try
        {
            foreach (var threads in (int[])[1, 2, 3])
            {
                WorkerPool.Shared = new WorkerPool(threads);
                using var tokenizer = new TokenizerTrainer(TinyRuns.Config(steps: 10));
                using var mage = new MageTrainer(TinyRuns.Config(steps: 10));
                using var adversarial = new TokenizerTrainer(AdversarialTrainerTests.Adversarial());
                for (var step = 0; step < 6; step++)
                {
                    tokenizer.Train(TinyRuns.Images(step));
                    mage.Train(TinyRuns.Codes(step));
                }

                for (var step = 0; step < 12; step++)
                {
                    adversarial.Train(TinyRuns.Images(step));
                }

                weights.Add((TinyRuns.Weights(tokenizer.Model), TinyRuns.Weights(mage.Model), TinyRuns.Weights(adversarial.Model)));
            }
        }
        finally
        {
            WorkerPool.Shared = shared;
        }

        Assert.All(weights, run => Assert.Equal(weights[0].Tokenizer, run.Tokenizer));
        Assert.All(weights, run => Assert.Equal(weights[0].Mage, run.Mage));
        Assert.All(weights, run => Assert.Equal(weights[0].Adversarial, run.Adversarial));
    }

    private static void AllocatesNothingAfterTheThird(Action<int> train)
    {
        var allocated = 0L;
        for (var step = 0; step < 100; step++)
        {
            train(step);
            if (step == 2)
            {
                allocated = Device.Default.Pool.AllocatedBytes;
            }
        }

        Assert.Equal(allocated, Device.Default.Pool.AllocatedBytes);
    }
}
