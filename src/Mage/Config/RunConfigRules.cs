namespace Mage.Config;

/// <summary>Refuses configs that could only fail later, with the setting's name and what it should be.</summary>
public static partial class RunConfigRules
{
    /// <summary>Checks every setting.</summary>
    /// <exception cref="UserErrorException">The first setting that is impossible.</exception>
    public static void Check(RunConfig config)
    {
        AtLeast(config.CheckpointEvery, 1, "checkpointEvery");
        AtLeast(config.LogEvery, 1, "logEvery");
        AtLeast(config.SampleEvery, 0, "sampleEvery");
        CheckData(config.Data);
        CheckTokenizer(config.Tokenizer);
        CheckTokenizerTraining(config);
        CheckMage(config.Mage);
        CheckOptimizer(config.Tokenizer.Training, "tokenizer.training");
        CheckOptimizer(config.Mage.Training, "mage.training");
        CheckMageOptimizer(config.Mage.Training);
        CheckContrast(config.Mage);
        CheckClassifier(config);
        Require(
            config.Mage.Contrast.Kind != ContrastKind.Views || config.Data.Crop != CropKind.None || config.Data.Tokens is not null,
            "data.crop", Words.Of(config.Data.Crop), "weak or strong with mage.contrast.kind=views, so that views differ");
        Require(
            config.Mage.Contrast is { Jitter: 0, Grey: 0 } || config.Data.Tokens is null, "data.tokens", $"'{config.Data.Tokens}'",
            "null with mage.contrast.jitter or mage.contrast.grey, since the views in such a file are made already");
        CheckSampling(config.Sampling);
        Require(
            config.Sampling.Guidance == 0 || config.Mage.ClassConditional, "sampling.guidance", config.Sampling.Guidance,
            "0 without mage.classConditional, since there is no class to go towards");
        AtLeast(config.Evaluation.TrainImages, 1, "evaluation.trainImages");
        AtLeast(config.Evaluation.HeldOutImages, 1, "evaluation.heldOutImages");
        AtLeast(config.Evaluation.Batch, 1, "evaluation.batch");
        var block = config.Tokenizer.DownSampling;
        Require(
            config.Data.ImageSize % block == 0, "data.imageSize", config.Data.ImageSize, $"a multiple of {block}, the pixels along a token");
        AtLeast(config.Tokens, 2, "the number of tokens (data.imageSize / 2^(levels - 1), squared)");
    }

    private static void CheckData(DataConfig data)
    {
        Require(data.ImageSize is >= 4 and <= 4096, "data.imageSize", data.ImageSize, "between 4 and 4096");
        Require(data.Channels is 1 or 3, "data.channels", data.Channels, "1 (grey) or 3 (colour)");
        Require(data.Tokens is not "", "data.tokens", "''", "the name of a file, or null for none");
        Require(data.HeldOutPercent is >= 1 and <= 90, "data.heldOutPercent", data.HeldOutPercent, "between 1 and 90");
    }

    private static void CheckTokenizer(TokenizerConfig tokenizer)
    {
        Require(
            tokenizer.Channels >= 32 && tokenizer.Channels % 32 == 0,
            "tokenizer.channels", tokenizer.Channels, "a multiple of 32, the groups of a normalisation");
        Require(
            tokenizer.Multipliers.Length is >= 1 and <= 8, "the number of tokenizer.multipliers", tokenizer.Multipliers.Length, "between 1 and 8");
        foreach (var multiplier in tokenizer.Multipliers)
        {
            AtLeast(multiplier, 1, "tokenizer.multipliers");
        }

        AtLeast(tokenizer.ResBlocks, 1, "tokenizer.resBlocks");
        AtLeast(tokenizer.CodebookSize, 2, "tokenizer.codebookSize");
        AtLeast(tokenizer.EmbedDim, 1, "tokenizer.embedDim");
        AtLeast(tokenizer.ReviveEvery, 0, "tokenizer.reviveEvery");
        NotNegative(tokenizer.L1Weight, "tokenizer.l1Weight");
        NotNegative(tokenizer.L2Weight, "tokenizer.l2Weight");
        NotNegative(tokenizer.CommitmentWeight, "tokenizer.commitmentWeight");
        NotNegative(tokenizer.CodebookWeight, "tokenizer.codebookWeight");
    }

    private static void CheckMage(MageConfig mage)
    {
        AtLeast(mage.EmbedDim, 1, "mage.embedDim");
        AtLeast(mage.Depth, 1, "mage.depth");
        AtLeast(mage.DecoderEmbedDim, 1, "mage.decoderEmbedDim");
        AtLeast(mage.DecoderDepth, 1, "mage.decoderDepth");
        AtLeast(mage.MlpRatio, 1, "mage.mlpRatio");
        Require(mage.Heads >= 1 && mage.EmbedDim % mage.Heads == 0, "mage.heads", mage.Heads, $"a divisor of mage.embedDim, {mage.EmbedDim}");
        Require(
            mage.DecoderHeads >= 1 && mage.DecoderEmbedDim % mage.DecoderHeads == 0,
            "mage.decoderHeads", mage.DecoderHeads, $"a divisor of mage.decoderEmbedDim, {mage.DecoderEmbedDim}");
        Require(mage.MaskRatioMin is > 0 and < 1, "mage.maskRatioMin", mage.MaskRatioMin, "between 0 and 1");
        Require(
            mage.MaskRatioMax > mage.MaskRatioMin && mage.MaskRatioMax <= 1,
            "mage.maskRatioMax", mage.MaskRatioMax, "above mage.maskRatioMin and at most 1");
        Require(mage.MaskRatioStd > 0, "mage.maskRatioStd", mage.MaskRatioStd, "above 0");
        Require(float.IsFinite(mage.MaskRatioMean), "mage.maskRatioMean", mage.MaskRatioMean, "a number");
        Require(mage.LabelSmoothing is >= 0 and < 1, "mage.labelSmoothing", mage.LabelSmoothing, "at least 0 and below 1");
        Require(mage.Dropout is >= 0 and < 1, "mage.dropout", mage.Dropout, "at least 0 and below 1");
        Require(mage.DropPath is >= 0 and < 1, "mage.dropPath", mage.DropPath, "at least 0 and below 1");
        Require(mage.ClassDropout is >= 0 and <= 1, "mage.classDropout", mage.ClassDropout, "between 0 and 1");
    }

    private static void CheckMageOptimizer(MageOptimizerConfig optimizer)
    {
        Require(optimizer.EmaDecay is >= 0 and < 1, "mage.training.emaDecay", optimizer.EmaDecay, "at least 0 and below 1");
        Require(optimizer.LayerDecay is > 0 and <= 1, "mage.training.layerDecay", optimizer.LayerDecay, "above 0 and at most 1");
        Require(optimizer.NoDecay.All(name => name is { Length: > 0 }), "mage.training.noDecay", "a list with an empty name", "a list of keys");
    }

    private static void CheckContrast(MageConfig mage)
    {
        var contrast = mage.Contrast;
        Require(contrast.Weight > 0 && float.IsFinite(contrast.Weight), "mage.contrast.weight", contrast.Weight, "above 0");
        Require(contrast.Temperature > 0 && float.IsFinite(contrast.Temperature), "mage.contrast.temperature", contrast.Temperature, "above 0");
        AtLeast(contrast.Hidden, 1, "mage.contrast.hidden");
        AtLeast(contrast.Outputs, 1, "mage.contrast.outputs");
        Require(contrast.Jitter is >= 0 and <= 1, "mage.contrast.jitter", contrast.Jitter, "between 0 and 1");
        Require(contrast.Grey is >= 0 and <= 1, "mage.contrast.grey", contrast.Grey, "between 0 and 1");
        if (contrast.Kind != ContrastKind.None)
        {
            Require(mage.Training.Batch >= 2, "mage.training.batch", mage.Training.Batch, "at least 2 with mage.contrast, to tell images apart");
        }

        if (contrast.Kind == ContrastKind.Echo)
        {
            Require(
                mage.Training.EmaDecay > 0, "mage.training.emaDecay", mage.Training.EmaDecay,
                "above 0 with mage.contrast.kind=echo, whose teacher is the average of the weights");
        }
    }

    private static void CheckClassifier(RunConfig config)
    {
        // The groups of a normalization.
        const int Groups = 32;
        CheckOptimizer(config.Classifier.Training, "classifier.training");
        Require(
            config.Classifier.Channels >= Groups && config.Classifier.Channels % Groups == 0,
            "classifier.channels", config.Classifier.Channels, $"a multiple of {Groups}");
        NotNegative(config.Classifier.Mixup, "classifier.mixup");
        NotNegative(config.Classifier.Cutmix, "classifier.cutmix");
        Require(
            config.Classifier.LabelSmoothing is >= 0 and < 1,
            "classifier.labelSmoothing", config.Classifier.LabelSmoothing, "at least 0 and below 1");
        Require(
            config.Train != TrainedParts.Classifier || config.Data.ImageSize % (1 << ClassifierConfig.Halvings) == 0,
            "data.imageSize", config.Data.ImageSize, $"a multiple of {1 << ClassifierConfig.Halvings} for a classifier, which halves it so often");
    }

    private static void CheckSampling(SamplingConfig sampling)
    {
        AtLeast(sampling.Iterations, 1, "sampling.iterations");
        AtLeast(sampling.Batch, 1, "sampling.batch");
        NotNegative(sampling.Temperature, "sampling.temperature");
        Require(
            sampling.TokenTemperature > 0 && float.IsFinite(sampling.TokenTemperature),
            "sampling.tokenTemperature", sampling.TokenTemperature, "above 0");
        AtLeast(sampling.TopK, 0, "sampling.topK");
        Require(sampling.TopP is > 0 and <= 1, "sampling.topP", sampling.TopP, "above 0 and at most 1");
        NotNegative(sampling.Guidance, "sampling.guidance");
    }

    private static void CheckOptimizer(OptimizerConfig optimizer, string prefix)
    {
        AtLeast(optimizer.Steps, 1, $"{prefix}.steps");
        AtLeast(optimizer.Batch, 1, $"{prefix}.batch");
        AtLeast(optimizer.Accumulate, 1, $"{prefix}.accumulate");
        Require(
            (long)optimizer.Batch * optimizer.Accumulate <= int.MaxValue, $"{prefix}.accumulate",
            optimizer.Accumulate, $"so small that, times {prefix}.batch, it can be counted");
        AtLeast(optimizer.WarmupSteps, 0, $"{prefix}.warmupSteps");
        Require(optimizer.LearningRate > 0 && float.IsFinite(optimizer.LearningRate), $"{prefix}.learningRate", optimizer.LearningRate, "above 0");
        Require(
            optimizer.MinLearningRate >= 0 && optimizer.MinLearningRate <= optimizer.LearningRate,
            $"{prefix}.minLearningRate", optimizer.MinLearningRate, "between 0 and the learning rate");
        NotNegative(optimizer.WeightDecay, $"{prefix}.weightDecay");
        Require(optimizer.Beta1 is >= 0 and < 1, $"{prefix}.beta1", optimizer.Beta1, "at least 0 and below 1");
        Require(optimizer.Beta2 is >= 0 and < 1, $"{prefix}.beta2", optimizer.Beta2, "at least 0 and below 1");
        NotNegative(optimizer.Clip, $"{prefix}.clip");
    }

    private static void NotNegative(float value, string name) => Require(value >= 0 && float.IsFinite(value), name, value, "0 or more");

    private static void AtLeast(int value, int least, string name) => Require(value >= least, name, value, $"at least {least}");

    private static void Require(bool holds, string name, object value, string should)
    {
        if (!holds)
        {
            throw new UserErrorException($"{name} is {value}; it should be {should}");
        }
    }
}
