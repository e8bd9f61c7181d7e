namespace Mage.Config;

/// <summary>The trained network whose features tell how alike images look; its weights are the user's to bring.</summary>
public sealed record PerceptualConfig
{
    /// <summary>
    /// VGG-16 with LPIPS, as safetensors or .pth, or a ResNet of basic blocks, as .onnx; null for none.
    /// </summary>
    public string? File { get; set; }

    /// <summary>Of VGG-16: the weights of LPIPS, if they are not in the same file.</summary>
    public string? LinearFile { get; set; }

    /// <summary>What the distance counts for (official: 1).</summary>
    public float Weight { get; set; } = 1f;
}
