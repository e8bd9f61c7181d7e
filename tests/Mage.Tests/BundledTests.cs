using Xunit;

namespace Mage.Tests;

public class BundledTests
{
    [Fact]
    public void WhatComesAlongIsFoundFromAnyFolderBelow()
    {
        using var folder = new TemporaryFolder();
        var (images, weights) = (folder["data", "images"], folder.Write(Path.Combine("data", "weights"), [1]));
        Directory.CreateDirectory(images);
        var below = Directory.CreateDirectory(folder["a", "b", "c"]).FullName;
        Assert.Equal(images, Bundled.FindFrom(below, Path.Combine("data", "images")));
        Assert.Equal(images, Bundled.FindFrom(folder.Path, Path.Combine("data", "images")));
        Assert.Equal(weights, Bundled.FindFrom(below, Path.Combine("data", "weights")));
    }

    [Fact]
    public void ThereMayBeNone()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(Bundled.FindFrom(folder.Path, "nothing"));
    }
}
