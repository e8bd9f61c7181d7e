using MageDsl;

namespace Mage.Tokenizer;

/// <summary>
/// Keeps the codebook in use. Codes learn only from vectors that choose them, so a code that no vector chooses would stay dead.
/// The first codes are therefore vectors of the first batch, and codes that went unused for a while are moved onto vectors that are
/// far from every code.
/// </summary>
internal static class CodebookCare
{
    /// <summary>Makes the codes out of encoded images.</summary>
    /// <param name="codebook">The codes, <c>[k, c]</c>; written.</param>
    /// <param name="z">Encoded images, each <c>[b, c, h, w]</c>.</param>
    /// <param name="seed">Key of the choice.</param>
    public static void Initialize(Tensor codebook, IEnumerable<Tensor> z, Seed seed)
    {
        var width = codebook.Shape[1];
        var sampling = new FarSampling(Vectors(z), width);
        for (var code = 0; code < codebook.Shape[0]; code++)
        {
            codebook.Write(sampling.Draw(seed.Uniform(code)), (long)code * width);
        }
    }

    /// <summary>Moves the codes that were not used onto vectors of encoded images.</summary>
    /// <param name="codebook">The codes, <c>[k, c]</c>; written.</param>
    /// <param name="z">Encoded images, each <c>[b, c, h, w]</c>.</param>
    /// <param name="usage">How often each code was used.</param>
    /// <param name="seed">Key of the choice.</param>
    /// <returns>The codes that were moved.</returns>
    public static IReadOnlyList<int> Revive(Tensor codebook, IEnumerable<Tensor> z, ReadOnlySpan<int> usage, Seed seed)
    {
        var dead = new List<int>();
        for (var code = 0; code < usage.Length; code++)
        {
            if (usage[code] == 0)
            {
                dead.Add(code);
            }
        }

        if (dead.Count == 0)
        {
            return dead;
        }

        var codes = codebook.ToArray<float>();
        var width = codebook.Shape[1];
        var sampling = new FarSampling(Vectors(z), width);
        for (var code = 0; code < usage.Length; code++)
        {
            if (usage[code] > 0)
            {
                sampling.Add(codes.AsSpan(code * width, width));
            }
        }

        foreach (var code in dead)
        {
            codebook.Write(sampling.Draw(seed.Uniform(code)), (long)code * width);
        }

        return dead;
    }

    /// <summary>The vectors of encoded images <c>[b, c, h, w]</c>, one after the other.</summary>
    private static float[] Vectors(IEnumerable<Tensor> z)
    {
        var vectors = new List<float>();
        foreach (var part in z)
        {
            vectors.AddRange(Vectors(part));
        }

        return [.. vectors];
    }

    private static float[] Vectors(Tensor z)
    {
        var (images, width, pixels) = (z.Shape[0], z.Shape[1], z.Shape[2] * z.Shape[3]);
        var source = z.ToArray<float>();
        var vectors = new float[z.Count];
        for (var image = 0; image < images; image++)
        {
            for (var c = 0; c < width; c++)
            {
                for (var pixel = 0; pixel < pixels; pixel++)
                {
                    vectors[(image * pixels + pixel) * width + c] = source[(image * width + c) * pixels + pixel];
                }
            }
        }

        return vectors;
    }
}
