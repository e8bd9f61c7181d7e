namespace Mage.Data;

/// <summary>The sample of Fashion-MNIST that comes with the repository.</summary>
public static class DefaultData
{
    /// <summary>Its place in the repository.</summary>
    public static readonly string Place = Path.Combine("data", "fashion-mnist");

    /// <summary>Its folder.</summary>
    /// <exception cref="UserErrorException">It is not here.</exception>
    public static string Find() => Bundled.Find(Place)
        ?? throw new UserErrorException(
            $"the images that come with the repository ('{Place}') are neither in the current folder nor above it; name a folder with --data");
}
