using Mage.Images;
using SkiaSharp;
using Xunit;

namespace Mage.Tests.Images;

public class AnimatedImageTests
{
    [Fact]
    public void EveryFrameIsThereWithItsDelay()
    {
        using var folder = new TemporaryFolder();
        AnimationFrame[] frames =
        [
            new(ImageFileTests.Noise(12, 8, 3, seed: 1), TimeSpan.FromMilliseconds(40)),
            new(ImageFileTests.Noise(12, 8, 1, seed: 2), TimeSpan.FromMilliseconds(250)),
            new(ImageFileTests.Noise(12, 8, 3, seed: 3), TimeSpan.FromSeconds(2)),
        ];
        AnimatedImage.Write(folder["steps.webp"], frames);
        using var codec = SKCodec.Create(folder["steps.webp"]);
        Assert.Equal([40, 250, 2000], codec.FrameInfo.Select(frame => frame.Duration));
        Assert.Equal(-1, codec.RepetitionCount); // for ever
        var info = new SKImageInfo(12, 8, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        using var bitmap = new SKBitmap(info);
        for (var i = 0; i < frames.Length; i++)
        {
            Assert.Equal(SKCodecResult.Success, codec.GetPixels(info, bitmap.GetPixels(), new SKCodecOptions(i)));
            Assert.Equal(frames[i].Image.WithChannels(3).Pixels, SkiaPixels.WithoutAlpha(bitmap.GetPixelSpan()));
        }

        Assert.Equal(frames[0].Image.Pixels, ImageReader.Read(folder["steps.webp"]).Pixels);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void OneDelayMayBeGivenForAll()
    {
        using var folder = new TemporaryFolder();
        AnimatedImage.Write(folder["a.webp"], [ImageFileTests.Noise(3, 3, 3), ImageFileTests.Noise(3, 3, 3, 6)], TimeSpan.FromMilliseconds(90));
        using var codec = SKCodec.Create(folder["a.webp"]);
        Assert.Equal([90, 90], codec.FrameInfo.Select(frame => frame.Duration));
    }

    [Fact]
    public void WhatIsNoAnimationIsRefused()
    {
        using var folder = new TemporaryFolder();
        var (image, delay) = (ImageFileTests.Noise(3, 3, 3), TimeSpan.FromMilliseconds(90));
        var (path, other, wide) = (folder["a.webp"], ImageFileTests.Noise(4, 3, 3), new PixelImage(16384, 1, 1));
        Assert.Throws<ArgumentException>(() => AnimatedImage.Write(path, []));
        Assert.Throws<ArgumentException>(() => AnimatedImage.Write(path, [image], TimeSpan.Zero));
        Assert.Contains("4x3", Assert.Throws<ArgumentException>(() => AnimatedImage.Write(path, [image, other], delay)).Message);
        Assert.Contains("do not fit", Assert.Throws<UserErrorException>(() => AnimatedImage.Write(path, [wide], delay)).Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void AnotherNameIsRefusedBeforeWorkIsDone()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(".webp", Assert.Throws<UserErrorException>(() => AnimatedImage.CheckPlace(folder["a.gif"])).Message);
        Assert.Contains("does not exist", Assert.Throws<UserErrorException>(() => AnimatedImage.CheckPlace(folder["no", "a.webp"])).Message);
        Assert.Contains(".webp", Assert.Throws<UserErrorException>(
            () => AnimatedImage.Write(folder["a.gif"], [ImageFileTests.Noise(3, 3, 3)], TimeSpan.FromSeconds(1))).Message);
        AnimatedImage.CheckPlace(folder["a.webp"]);
    }
}
