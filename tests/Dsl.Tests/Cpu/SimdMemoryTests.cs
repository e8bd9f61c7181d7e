using MageDsl.Devices;
using MageDsl.Devices.Cpu;
using Xunit;

namespace MageDsl.Tests.Cpu;

/// <summary>Loads, stores and generated lanes of every vector type: right in each lane, and touching nothing beyond.</summary>
public sealed class SimdMemoryTests
{
    // Whatever is outside of what a load may read; finite, so that a wrong lane cannot hide behind a NaN.
    private const double Outside = 1e6;
    private const int Margin = 64;

    public static TheoryData<string> Vectors() => new(SimdProbe.All.Keys);

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Loads_fill_the_lanes_they_should(string vector)
    {
        var probe = SimdProbe.All[vector];
        var memory = Enumerable.Range(0, 40 * Margin).Select(i => i + 1.0).ToArray();
        Assert.Equal(Lanes(probe, l => memory[5 + l]), probe.Load("Load", memory, 5, 0));
        for (var n = 1; n <= probe.Width; n++)
        {
            if (n < probe.Width)
                Assert.Equal(Lanes(probe, l => l < n ? memory[5 + l] : 0), probe.Load("LoadTail", memory, 5, n));
            foreach (var stride in new[] { 1, 2, 7, 0, -3 })
                Assert.Equal(Lanes(probe, l => l < n ? memory[Margin + l * stride] : 0), probe.Load("LoadStrided", memory, Margin, stride, n));
        }
        for (var i = -2 * probe.Width; i <= 2 * probe.Width; i++)
        {
            foreach (var (lo, hi) in new[] { (0, 3), (-1, 5), (2, 2), (3, 40), (-40, 40), (1, 1 + probe.Width) })
            {
                var expected = Lanes(probe, l => lo <= i + l && i + l < hi ? memory[2 * Margin + i + l] : 0);
                Assert.Equal(expected, probe.Load("LoadWindow", memory, 2 * Margin, i, lo, hi));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Stores_touch_only_their_lanes(string vector)
    {
        var probe = SimdProbe.All[vector];
        var memory = Enumerable.Repeat(Outside, 20 * Margin).ToArray();
        var v = Lanes(probe, l => l + 0.5);
        Check("Store", 0, 0, probe.Width, 1);
        for (var n = 1; n <= probe.Width; n++)
        {
            if (n < probe.Width)
                Check("StoreTail", n, 0, n, 1);
            foreach (var stride in new[] { 1, 2, 7 })
                Check("StoreStrided", stride, n, n, stride);
        }

        void Check(string name, int first, int second, int count, int stride)
        {
            var expected = memory.ToArray();
            for (var l = 0; l < count; l++)
                expected[3 + l * stride] = v[l];
            Assert.Equal(expected, probe.Store(name, memory, 3, v, first, second));
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Tails_may_end_where_memory_does(string vector)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("needs mmap to have a page that must not be touched");
        var probe = SimdProbe.All[vector];
        using var edge = new PageEdge();
        for (var n = 1; n < probe.Width; n++)
        {
            Assert.Equal(Lanes(probe, l => l < n ? l + 1 : 0), probe.CopyAtEnd(edge, n));
            Assert.Equal(Lanes(probe, l => l < n ? l + 1 : 0), probe.WindowAtEnd(edge, n));
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Ids_are_converted_and_gathered(string vector)
    {
        var probe = SimdProbe.All[vector];
        var ids = Enumerable.Range(0, 20 * Margin).Select(i => i * 3 - 100).ToArray();
        var table = Enumerable.Range(0, 2000).Select(i => i * 0.25).ToArray();
        var index = Lanes(probe, l => (l * 37 + 11) % 100);
        for (var n = 1; n <= probe.Width; n++)
        {
            foreach (var stride in new[] { 0, 1, 5 })
            {
                Assert.Equal(Lanes(probe, l => l < n ? ids[l * stride] : 0), probe.LoadIds(ids, stride, n));
                if (stride == 0)
                    continue;
                var expected = ids.ToArray();
                for (var l = 0; l < n; l++)
                    expected[l * stride] = (int)Math.Round(l * 1.25 - 3);
                Assert.Equal(expected, probe.StoreIds(ids, Lanes(probe, l => l * 1.25 - 3), stride, n));
            }
            foreach (var stride in new[] { 1, 9 })
                Assert.Equal(Lanes(probe, l => l < n ? table[(int)index[l] * stride] : 0), probe.LoadGather(table, index, stride, n));
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Lanes_are_numbered_and_kept(string vector)
    {
        var probe = SimdProbe.All[vector];
        Assert.Equal(Lanes(probe, _ => 3), probe.Make("Create", 3));
        Assert.Equal(Lanes(probe, l => 1000000 + l), probe.Make("Iota", 1000000, 1));
        Assert.Equal(Lanes(probe, l => 5 - 3 * l), probe.Make("Iota", 5, -3));
        for (var n = 0; n <= probe.Width; n++)
            Assert.Equal(Lanes(probe, l => l < n ? 10 + l : -1.5), probe.Make("Keep", n));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Random_numbers_are_those_of_the_counter(string vector)
    {
        var probe = SimdProbe.All[vector];
        foreach (var (seed, stream, start, step) in new[]
        {
            (0u, 0u, 0u, 1u), (7u, 3u, 4294967290u, 1u), (7u, 3u, 4294967291u, 1u),
            (5u, 1u, 77u, 1u), (5u, 1u, 77u, 0u), (0x13198a2eu, 0x85a308d3u, 0x243f6a88u, 12345u),
        })
        {
            var expected = Lanes(probe, l => (Philox.Word(unchecked(start + (uint)l * step), stream, seed) >> 8) / 16777216.0);
            Assert.Equal(expected, probe.Make("Random", seed, stream, start, step));
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Runs_of_random_numbers_are_those_of_the_counter(string vector)
    {
        foreach (var start in new[] { 0u, 1u, 257u, 514u, 4294967200u, 4294967201u })
        {
            foreach (var count in new[] { 1, 15, 16, 63, 64, 65, 129, 257, 1000 })
            {
                var expected = Enumerable.Range(0, count).Select(i => (Philox.Word(unchecked(start + (uint)i), 3, 7) >> 8) / 16777216.0);
                Assert.Equal(expected, SimdProbe.All[vector].Randoms(7, 3, start, count));
            }
        }
    }

    [Theory]
    [InlineData(0u, 0u, 0u, 0x257a3673u, 0xcd26be2au)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0xbedbbe6bu, 0xe4c770b3u)]
    public void Random_numbers_are_the_published_ones(uint counter0, uint counter1, uint key, uint first, uint second)
    {
        foreach (var probe in SimdProbe.All.Values)
            Assert.Equal(new[] { (first >> 8) / 16777216.0, (second >> 8) / 16777216.0 }, probe.Make("Random", key, counter1, counter0 * 2, 1)[..2]);
    }

    private static double[] Lanes(SimdProbe probe, Func<int, double> value)
        => Enumerable.Range(0, probe.Width).Select(value).ToArray();
}
