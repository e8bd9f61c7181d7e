using Mage.Config;
using Xunit;

namespace Mage.Tests.Config;

public class RunConfigTests
{
    public static TheoryData<string> PresetNames => [.. Presets.Names];

    [Theory]
    [MemberData(nameof(PresetNames))]
    public void PresetsAreValidAndSurviveTheFile(string name)
    {
        using var folder = new TemporaryFolder();
        var config = Presets.Get(name);
        RunConfigRules.Check(config);
        RunConfigJson.Write(folder["config.json"], config);
        Assert.Equal(RunConfigJson.ToJson(config), RunConfigJson.ToJson(RunConfigJson.Read(folder["config.json"])));
        Assert.Equal(name, config.Preset);
        Assert.NotEmpty(Presets.Describe(name));
    }

    [Fact]
    public void TheOfficialModelsHaveTheirSizes()
    {
        var config = Presets.Get("vit-b");
        Assert.Equal((16, 256, 2025), (config.Grid, config.Tokens, config.Vocabulary));
        Assert.Equal(
            (768, 12, 12, 8, 16), (config.Mage.EmbedDim, config.Mage.Depth, config.Mage.Heads, config.Mage.DecoderDepth, config.Mage.DecoderHeads));
        var large = Presets.Get("vit-l").Mage;
        Assert.Equal((1024, 24, 16, 1024), (large.EmbedDim, large.Depth, large.Heads, large.DecoderEmbedDim));
    }

    [Fact]
    public void TheDefaultHasSixtyFourTokens() => Assert.Equal((8, 64), (Presets.Get("default").Grid, Presets.Get("default").Tokens));

    [Fact]
    public void AnUnknownPresetIsAUsersError() =>
        Assert.Contains("default, tiny, fashion-mnist, vit-b, vit-l", Assert.Throws<UserErrorException>(() => Presets.Get("huge")).Message);

    [Theory]
    [InlineData("mage.depth=9")]
    [InlineData("mage.training.learningRate=0.0005")]
    [InlineData("tokenizer.multipliers=[1,2,3]")]
    [InlineData("data.path=/some/where")]
    [InlineData("data.flip=true")]
    [InlineData("data.crop=strong")]
    [InlineData("mage.contrast.kind=views")]
    [InlineData("mage.contrast.loss=nt-xent")]
    [InlineData("mage.training.noDecay=[\"token_emb\"]")]
    public void AnySettingCanBeSet(string assignment)
    {
        var before = Presets.Get("default");
        var after = RunConfigJson.Set(before, assignment);
        Assert.NotEqual(RunConfigJson.ToJson(before), RunConfigJson.ToJson(after));
        Assert.Equal(RunConfigJson.ToJson(after), RunConfigJson.ToJson(RunConfigJson.Set(after, assignment)));
    }

    [Theory]
    [InlineData("mage.dept=9", "no setting called 'mage.dept'; the nearest is mage.depth")]
    [InlineData("mage.training.learningrate=9", "the nearest is mage.training.learningRate")]
    [InlineData("training.learningRate=9", "no setting called 'training.learningRate'; the nearest is mage.training.learningRate")]
    [InlineData("zzz=9", "no setting called 'zzz'; config.json of a run shows them all")]
    [InlineData("mage=9", "no setting called 'mage'")]
    [InlineData("mage.depth.more=9", "no setting called 'mage.depth.more'")]
    [InlineData("mage.depth", "is no setting")]
    [InlineData("=3", "is no setting")]
    [InlineData("mage.depth=deep", "cannot be understood")]
    [InlineData("mage.depth=1.5", "cannot be understood")]
    [InlineData("mage.maskRatioStd=1e999", "it should be a number between -3.4e38 and 3.4e38")]
    [InlineData("mage.maskRatioStd=wide", "it should be a number between")]
    [InlineData("sampling.order=\"-1\"", "one of confidence, halton, random")]
    [InlineData("sampling.schedule=linear,square", "one of cosine, linear, square, squareRoot, arccos")]
    public void WrongAssignmentsAreUsersErrors(string assignment, string because) =>
        Assert.Contains(because, Assert.Throws<UserErrorException>(() => RunConfigJson.Set(Presets.Get("default"), assignment)).Message);

    [Theory]
    [InlineData("data.imageSize=30", "multiple of 4")]
    [InlineData("data.channels=2", "1 (grey) or 3 (colour)")]
    [InlineData("data.heldOutPercent=0", "between 1 and 90")]
    [InlineData("tokenizer.channels=48", "multiple of 32")]
    [InlineData("tokenizer.multipliers=[]", "between 1 and 8")]
    [InlineData("tokenizer.codebookSize=1", "at least 2")]
    [InlineData("sampleEvery=-1", "sampleEvery is -1; it should be at least 0")]
    [InlineData("mage.dropPath=1", "mage.dropPath is 1; it should be at least 0 and below 1")]
    [InlineData("mage.training.emaDecay=1", "mage.training.emaDecay is 1; it should be at least 0 and below 1")]
    [InlineData("mage.training.layerDecay=0", "mage.training.layerDecay is 0; it should be above 0")]
    [InlineData("mage.training.noDecay=[\"\"]", "mage.training.noDecay")]
    [InlineData("mage.contrast.temperature=0", "mage.contrast.temperature is 0; it should be above 0")]
    [InlineData("mage.contrast.weight=0", "mage.contrast.weight is 0; it should be above 0")]
    [InlineData("mage.contrast.jitter=2", "mage.contrast.jitter is 2; it should be between 0 and 1")]
    [InlineData("mage.contrast.grey=2", "mage.contrast.grey is 2; it should be between 0 and 1")]
    [InlineData("mage.contrast.hidden=0", "mage.contrast.hidden is 0; it should be at least 1")]
    [InlineData("mage.contrast.kind=echo", "mage.training.emaDecay is 0; it should be above 0 with mage.contrast.kind=echo")]
    [InlineData("mage.contrast.kind=views", "data.crop is none; it should be weak or strong")]
    [InlineData("tokenizer.training.batch=0", "tokenizer.training.batch is 0; it should be at least 1")]
    [InlineData("mage.training.accumulate=0", "mage.training.accumulate is 0; it should be at least 1")]
    [InlineData("tokenizer.training.accumulate=1000000000", "so small that, times tokenizer.training.batch")]
    [InlineData("tokenizer.codebookDecay=1", "at least 0 and below 1")]
    [InlineData("tokenizer.codebookEpsilon=0", "above 0")]
    [InlineData("tokenizer.perceptual.weight=-1", "0 or more")]
    [InlineData("tokenizer.perceptual.file=", "the name of a file, or null for none")]
    [InlineData("tokenizer.perceptual.linearFile=lin.safetensors", "null where tokenizer.perceptual.file names no network")]
    [InlineData("tokenizer.discriminator.start=-1", "at least 0")]
    [InlineData("tokenizer.discriminator.weight=-0.5", "0 or more")]
    [InlineData("tokenizer.discriminator.loss=wasserstein", "is 'wasserstein'; it should be hinge or vanilla")]
    [InlineData("tokenizer.discriminator.channels=0", "at least 1")]
    [InlineData("tokenizer.discriminator.layers=9", "between 1 and 8")]
    [InlineData("tokenizer.discriminator.rateScale=0", "above 0")]
    [InlineData("tokenizer.discriminator.beta1=1", "below 1")]
    [InlineData("tokenizer.discriminator.beta2=-0.1", "at least 0")]
    [InlineData("tokenizer.discriminator.watchEvery=-1", "at least 0")]
    [InlineData("tokenizer.discriminator.watchImages=0", "at least 1")]
    [InlineData("tokenizer.discriminator.watchTolerance=-1", "0 or more")]
    [InlineData("tokenizer.discriminator.watchPatience=0", "at least 1")]
    [InlineData("mage.heads=5", "divisor of mage.embedDim, 128")]
    [InlineData("mage.decoderHeads=0", "divisor of mage.decoderEmbedDim")]
    [InlineData("mage.maskRatioMin=1", "between 0 and 1")]
    [InlineData("mage.maskRatioMax=0.4", "above mage.maskRatioMin")]
    [InlineData("mage.dropout=1", "below 1")]
    [InlineData("mage.training.learningRate=0", "above 0")]
    [InlineData("mage.training.minLearningRate=1", "between 0 and the learning rate")]
    [InlineData("sampling.iterations=0", "at least 1")]
    [InlineData("mage.classConditional=false", "sampling.guidance is 2; it should be 0 without mage.classConditional")]
    [InlineData("data.tokens=", "the name of a file, or null for none")]
    [InlineData("mage.training.clip=-1", "0 or more")]
    [InlineData("classifier.channels=48", "a multiple of 32")]
    [InlineData("classifier.mixup=-1", "classifier.mixup is -1; it should be 0 or more")]
    [InlineData("classifier.cutmix=-1", "classifier.cutmix is -1; it should be 0 or more")]
    [InlineData("classifier.labelSmoothing=1", "at least 0 and below 1")]
    [InlineData("classifier.training.steps=0", "at least 1")]
    [InlineData("logEvery=0", "at least 1")]
    public void ImpossibleSettingsAreNamed(string assignment, string because)
    {
        var config = RunConfigJson.Set(Presets.Get("default"), assignment);
        var e = Assert.Throws<UserErrorException>(() => RunConfigRules.Check(config));
        Assert.Contains(because, e.Message);
        Assert.Contains(assignment.Split('=')[0], e.Message);
    }

    /// <summary>The file holds views that are made already, so no colours can be changed any more.</summary>
    [Fact]
    public void TokensOfAFileHaveTheirColours()
    {
        var config = RunConfigJson.Set(Presets.Get("default"), "data.tokens=photos.tokens");
        RunConfigRules.Check(config);
        config = RunConfigJson.Set(config, "mage.contrast.grey=0.2");
        Assert.Contains("null with mage.contrast.jitter", Assert.Throws<UserErrorException>(() => RunConfigRules.Check(config)).Message);
    }

    [Fact]
    public void WhatNeedsLargerImagesSaysSo()
    {
        var config = RunConfigJson.Set(Presets.Get("default"), "tokenizer.discriminator.layers=4");
        RunConfigRules.Check(config);
        config = RunConfigJson.Set(config, "tokenizer.discriminator.enabled=true");
        Assert.Contains("an image has 48 pixels a side", Assert.Throws<UserErrorException>(() => RunConfigRules.Check(config)).Message);

        config = RunConfigJson.Set(Presets.Get("tiny"), "tokenizer.perceptual.file=net.onnx");
        RunConfigRules.Check(config);
        config.Data.ImageSize = 12;
        Assert.Contains("at least 16", Assert.Throws<UserErrorException>(() => RunConfigRules.Check(config)).Message);
    }

    [Theory]
    [InlineData("default", false)]
    [InlineData("tiny", false)]
    [InlineData("vit-b", true)]
    [InlineData("vit-l", true)]
    public void OnlyTheOfficialPresetsHaveADiscriminatorUnlessAsked(string name, bool enabled)
    {
        var config = Presets.Get(name);
        Assert.Equal(enabled, config.Tokenizer.Discriminator.Enabled);
        config.Tokenizer.Discriminator.Enabled = true;
        RunConfigRules.Check(config);
    }

    [Fact]
    public void WhatAFileLeavesOutHasItsDefaultAndWhatItMisspellsIsRefused()
    {
        Assert.Equal(0.55f, RunConfigJson.Parse("""{ "mage": { "depth": 2 } }""", "x").Mage.MaskRatioMean);
        Refused("the config x has 'mage.dpeth', which is no setting; the nearest is mage.depth", """{ "mage": { "dpeth": 2 } }""");
        Refused("the config x has 'tokeniser', which is no setting", """{ "tokeniser": { "channels": 64 } }""");
        Refused("cannot be understood", """{ "mage": 3 }""");
        Refused("cannot be understood", """{ "mage": { "depth": 2, "depth": 3 } }""");
        Assert.Throws<UserErrorException>(() => RunConfigJson.Parse("""{ "mage": null }""", "x"));
        Assert.Throws<UserErrorException>(() => RunConfigJson.Parse("null", "x"));
    }

    private static void Refused(string because, string json)
        => Assert.Contains(because, Assert.Throws<UserErrorException>(() => RunConfigJson.Parse(json, "x")).Message, StringComparison.Ordinal);

    [Fact]
    public void ABrokenFileIsNamed()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("config.json", "{ \"seed\": "u8.ToArray());
        Assert.Contains(path, Assert.Throws<UserErrorException>(() => RunConfigJson.Read(path)).Message);
        Assert.Contains("nowhere", Assert.Throws<UserErrorException>(() => RunConfigJson.Read(folder["nowhere"])).Message);
    }
}
