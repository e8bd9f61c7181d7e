using System.Runtime.CompilerServices;
using MageDsl.Devices;
using Xunit;

namespace MageDsl.Tests.Devices;

/// <summary>The counters are those of the whole process, so nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(MemoryPoolTests), DisableParallelization = true)]
[Collection(nameof(MemoryPoolTests))]
public class MemoryPoolTests
{
    private static MemoryPool Pool => Device.Default.Pool;

    /// <summary>What other tests left to the collector is returned first, twice for the grace of one collection.</summary>
    public MemoryPoolTests()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    [Fact]
    public void A_hundred_rounds_allocate_nothing_after_the_third()
    {
        var allocated = 0L;
        for (var round = 0; round < 100; round++)
        {
            using (new TensorScope())
            {
                foreach (var size in new[] { 10, 1000, 1000, 33_333, 700_001 })
                {
                    Tensor.Zeros(ElementType.Float32, size).Reshape(1, size).Clone();
                }
            }

            allocated = round == 2 ? Pool.AllocatedBytes : allocated;
        }

        Assert.Equal(allocated, Pool.AllocatedBytes);
    }

    [Theory]
    [InlineData(0, 256)]
    [InlineData(256, 256)]
    [InlineData(257, 320)]
    [InlineData(320, 320)]
    [InlineData(321, 384)]
    [InlineData(512, 512)]
    [InlineData(513, 640)]
    [InlineData(1 << 20, 1 << 20)]
    [InlineData((1 << 20) + 1, (1 << 20) + (1 << 18))]
    [InlineData(2 << 20, 2 << 20)]
    [InlineData((2 << 20) + 1, (2 << 20) + (2 << 16))]
    [InlineData(101_056_512, 104_857_600)]
    [InlineData((128 << 20) - 1, 128 << 20)]
    [InlineData((128 << 20) + 1, (128 << 20) + (8 << 20))]
    public void Sizes_round_up_to_quarter_steps_and_large_ones_to_sixteenths(int bytes, int expected)
        => Assert.Equal((nuint)expected, MemoryPool.SizeOf(MemoryPool.ClassOf((nuint)bytes)));

    [Fact]
    public void Every_class_holds_its_size_and_wastes_at_most_a_fifth()
    {
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = (nuint)random.NextInt64(257, 1L << random.Next(9, 40));
            var size = MemoryPool.SizeOf(MemoryPool.ClassOf(bytes));
            Assert.True(size >= bytes && size <= bytes + (bytes / (bytes > MemoryPool.LargeBytes ? 16u : 4u)) + 1, $"{bytes} in {size}");
            Assert.Equal(0u, size % 64);
        }
    }

    /// <summary>What is a quarter larger at most; and it counts as what it is.</summary>
    [Fact]
    public void A_large_block_serves_for_a_smaller_one()
    {
        var reserved = new List<nuint>();
        var pool = new MemoryPool(
            bytes =>
            {
                reserved.Add(bytes);
                return (nint)reserved.Count << 32;
            },
            _ => { });
        pool.Return(pool.Rent(32 << 20), 32 << 20);
        var block = pool.Rent(27 << 20);
        Assert.Equal(32 << 20, pool.InUseBytes);
        pool.Return(block, 27 << 20);
        Assert.Equal(block, pool.Rent(32 << 20));
        pool.Return(block, 32 << 20);
        Assert.NotEqual(block, pool.Rent(24 << 20));
        Assert.Equal([32u << 20, 24u << 20], reserved);
    }

    [Fact]
    public void A_block_cannot_be_returned_twice()
    {
        var block = Pool.Rent(1000);
        Pool.Return(block, 1000);
        Assert.Throws<ArgumentException>(() => Pool.Return(block, 1000));
    }

    [Fact]
    public void A_block_cannot_be_returned_with_another_size()
    {
        var block = Pool.Rent(1000);
        Assert.Throws<ArgumentException>(() => Pool.Return(block, 5000));
        Pool.Return(block, 1000);
    }

    [Fact]
    public void The_peak_follows_use()
    {
        var before = Pool.InUseBytes;
        using (Tensor.Empty(ElementType.Float64, 1 << 20))
        {
            Assert.Equal(before + (8 << 20), Pool.InUseBytes);
            Assert.True(Pool.PeakBytes >= before + (8 << 20));
        }

        Assert.Equal(before, Pool.InUseBytes);
    }

    [Fact]
    public void Memory_comes_back_only_with_the_last_view()
    {
        var before = Pool.InUseBytes;
        var tensor = Tensor.Empty(ElementType.Float32, 1000);
        var view = tensor.Reshape(10, 100);
        tensor.Dispose();
        Assert.True(Pool.InUseBytes > before);
        view.Dispose();
        view.Dispose();
        Assert.Equal(before, Pool.InUseBytes);
    }

    [Fact]
    public void A_tensor_nobody_disposed_returns_its_memory_when_collected()
    {
        var before = Pool.InUseBytes;
        Forget();
        Assert.True(Pool.InUseBytes >= before + (100 * 4096));
        for (var i = 0; i < 10 && Pool.InUseBytes > before; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.True(Pool.InUseBytes <= before, $"{Pool.InUseBytes - before} bytes are still rented");

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget()
        {
            for (var i = 0; i < 100; i++)
            {
                Tensor.Empty(ElementType.Float32, 1024).Reshape(32, 32);
            }
        }
    }

    /// <summary>Large blocks have memory of their own, small ones share it.</summary>
    [Theory]
    [InlineData(5000)]
    [InlineData(5_000_000)]
    public void Trim_gives_back_what_is_unused_and_keeps_what_is_rented(int elements)
    {
        using var rented = Tensor.Full(ElementType.Float32, 3, elements);
        var others = Enumerable.Range(0, 10_000_000 / elements).Select(_ => Tensor.Empty(ElementType.Float32, elements)).ToArray();
        foreach (var other in others) other.Dispose();
        Pool.Trim();
        var allocated = Pool.AllocatedBytes;
        var again = others.Select(_ => Tensor.Full(ElementType.Float32, 4, elements)).ToArray();
        Assert.True(Pool.AllocatedBytes > allocated);
        Assert.True(rented.Span<float>().IndexOfAnyExcept(3) < 0);
        foreach (var other in again)
        {
            Assert.True(other.Span<float>().IndexOfAnyExcept(4) < 0);
            other.Dispose();
        }
    }

    [Fact]
    public void Small_blocks_share_memory()
    {
        Pool.Trim();
        var allocated = Pool.AllocatedBytes;
        var tensors = Enumerable.Range(0, 100).Select(i => Tensor.Full(ElementType.Float32, i, 5000)).ToArray();
        Assert.True(Pool.AllocatedBytes <= allocated + (8 << 20));
        for (var i = 0; i < tensors.Length; i++)
        {
            Assert.True(tensors[i].Span<float>().IndexOfAnyExcept(i) < 0);
            tensors[i].Dispose();
        }
    }

    [Fact]
    public void Many_threads_rent_blocks_that_do_not_overlap()
    {
        Parallel.For(0, 8, worker =>
        {
            for (var round = 0; round < 200; round++)
            {
                using var a = Tensor.Full(ElementType.Int32, worker, 100 + round);
                using var b = Tensor.Full(ElementType.Int32, -worker, 100 + round);
                Assert.True(a.Span<int>().IndexOfAnyExcept(worker) < 0);
                Assert.True(b.Span<int>().IndexOfAnyExcept(-worker) < 0);
                GC.KeepAlive(a);
            }
        });
    }

    /// <summary>A device of 20 MiB: what was returned is given back to it before it is said to be full.</summary>
    [Fact]
    public void A_full_device_gets_back_what_is_unused()
    {
        const long Most = 20 << 20;
        var (taken, next, pieces) = (0L, (nint)4096, new Dictionary<nint, long>());
        var pool = new MemoryPool(Reserve, start =>
        {
            taken -= pieces[start];
            pieces.Remove(start);
        });
        var large = pool.Rent(16 << 20);
        Assert.Throws<OutOfMemoryException>(() => pool.Rent(5 << 20));
        pool.Return(large, 16 << 20);
        pool.Return(pool.Rent(5 << 20), 5 << 20);
        Assert.Equal(5 << 20, taken);
        pool.Trim();
        Assert.Equal((0L, 0L, 21L << 20), (taken, pool.InUseBytes, pool.AllocatedBytes));

        nint Reserve(nuint bytes)
        {
            if (taken + (long)bytes > Most) throw new OutOfMemoryException();
            taken += (long)bytes;
            pieces.Add(next += (nint)Most, (long)bytes);
            return next;
        }
    }
}
