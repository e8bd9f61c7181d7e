using MageDsl.Devices;

namespace Mage;

/// <summary>
/// A key for random numbers. Keys form a tree: a run has one, every step derives its own, every layer of the step again, so
/// each random number depends only on what it is for and not on how many were drawn before. That is why a resumed run
/// goes on exactly as if it had never stopped.
/// </summary>
/// <param name="Value">The key.</param>
public readonly record struct Seed(int Value)
{
    /// <summary>The key as kernels take it.</summary>
    public static implicit operator int(Seed seed) => seed.Value;

    /// <summary>A new key that depends on this one and <paramref name="key"/>.</summary>
    public Seed For(int key)
    {
        unchecked
        {
            // The finalizer of MurmurHash3: every bit of the input reaches every bit of the result.
            var mixed = ((uint)Value * 0x9E3779B9u) ^ ((uint)key + 0x7F4A7C15u);
            mixed = (mixed ^ (mixed >> 16)) * 0x85EBCA6Bu;
            mixed = (mixed ^ (mixed >> 13)) * 0xC2B2AE35u;
            return new Seed((int)(mixed ^ (mixed >> 16)));
        }
    }

    /// <summary>Uniform random number <paramref name="index"/> of this key, in [0, 1), 24 bits.</summary>
    public double Uniform(int index) => (Words(index).First >> 8) * (1.0 / (1 << 24));

    /// <summary>Standard normal random number <paramref name="index"/> of this key, by the Box-Muller transform.</summary>
    public double Normal(int index)
    {
        var (first, second) = Words(index);
        var radius = Math.Sqrt(-2 * Math.Log((first + 1.0) / (1L << 32)));
        return radius * Math.Cos(2 * Math.PI * (second / (double)(1L << 32)));
    }

    /// <summary>Standard Gumbel random number <paramref name="index"/> of this key: <c>-log(-log(u))</c> of a uniform u, always finite.</summary>
    public double Gumbel(int index) => -Math.Log(-Math.Log((Words(index).First + 0.5) / (1L << 32)));

    /// <summary>Random integer <paramref name="index"/> of this key, from 0 to <paramref name="below"/> - 1.</summary>
    public int Integer(int index, int below) => (int)((ulong)Words(index).First * (ulong)below >> 32);

    /// <summary>The numbers 0 to <paramref name="count"/> - 1 in random order.</summary>
    public int[] Permutation(int count)
    {
        var order = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var other = Integer(i, i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order;
    }

    private (uint First, uint Second) Words(int index) => Philox.Draw((uint)index, 0, (uint)Value);
}
