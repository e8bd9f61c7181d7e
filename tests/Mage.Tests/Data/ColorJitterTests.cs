using Mage.Data;

namespace Mage.Tests.Data;

/// <summary>Changes of colours, against values computed by Python's colorsys and by hand.</summary>
public class ColorJitterTests
{
    [Theory]
    [InlineData(new[] { 1f, 0, 0 }, 1 / 3f, new[] { 0f, 1, 0 })]
    [InlineData(new[] { 1f, 0, 0 }, 0.5f, new[] { 0f, 1, 1 })]
    [InlineData(new[] { 0.2f, 0.5f, 0.7f }, 0.1f, new[] { 0.2f, 0.2f, 0.7f })]
    [InlineData(new[] { 0.9f, 0.3f, 0.3f }, -0.15f, new[] { 0.9f, 0.3f, 0.84f })]
    [InlineData(new[] { 0.1f, 0.8f, 0.05f }, 0.4f, new[] { 0.3f, 0.05f, 0.8f })]
    [InlineData(new[] { 0.6f, 0.6f, 0.2f }, 0.05f, new[] { 0.48f, 0.6f, 0.2f })]
    [InlineData(new[] { 0.4f, 0.4f, 0.4f }, 0.3f, new[] { 0.4f, 0.4f, 0.4f })]
    public void HuesTurn(float[] color, float turn, float[] expected)
    {
        ColorJitter.Hue(color, 3, turn);
        Assert.All(expected.Zip(color), pair => Assert.Equal(pair.First, pair.Second, 2e-6));
    }

    [Fact]
    public void BrightnessIsCutOff()
    {
        float[] image = [0.2f, 0.5f, 0.9f];
        ColorJitter.Brightness(image, 1.5f);
        Assert.Equal([0.3f, 0.75f, 1], image);
    }

    [Fact]
    public void ContrastGoesAwayFromTheMeanOfTheGrey()
    {
        // Two pixels, red and white: grey 0.2989 and 0.9999, mean 0.6494.
        float[] image = [1, 1, 0, 1, 0, 1];
        ColorJitter.Contrast(image, 3, 0.5f);
        Assert.All(new[] { 0.8247f, 0.8247f, 0.3247f, 0.8247f, 0.3247f, 0.8247f }.Zip(image), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void SaturationGoesAwayFromTheGrey()
    {
        float[] image = [1, 0, 0];
        ColorJitter.Saturation(image, 3, 0);
        Assert.All(image, value => Assert.Equal(0.2989f, value, 1e-6));
        float[] grey = [0.3f, 0.7f];
        ColorJitter.Saturation(grey, 1, 0.25f);
        Assert.Equal([0.3f, 0.7f], grey);
    }

    [Fact]
    public void WhatIsDrawnDependsOnTheKeyAndStaysWithinBounds()
    {
        float[] Jittered(int key, float factor)
        {
            float[] image = [0.1f, 0.9f, 0.5f, 0.3f, 0.7f, 0.2f];
            ColorJitter.Apply(image, 3, factor, new Seed(key));
            return image;
        }

        Assert.Equal(Jittered(5, 1), Jittered(5, 1));
        Assert.NotEqual(Jittered(5, 1), Jittered(6, 1));
        Assert.All(Enumerable.Range(0, 200).SelectMany(key => Jittered(key, 1)), value => Assert.InRange(value, 0, 1));
        Assert.All(Jittered(5, 0).Zip([0.1f, 0.9f, 0.5f, 0.3f, 0.7f, 0.2f]), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }
}
