using MageDsl.Devices.Cpu;
using Xunit;

namespace MageDsl.Tests.Cpu;

/// <summary>Every task once, whatever the threads, the nesting and the exceptions.</summary>
public sealed unsafe class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Every_task_runs_once_and_run_after_run(int threads)
    {
        var pool = SimdScope.Pool(threads);
        for (var run = 0; run < 300; run++)
        {
            var tasks = run % 50;
            var counts = new int[tasks + 1];
            fixed (int* p = counts)
                pool.Run(tasks, &Count, p);
            Assert.Equal(Enumerable.Repeat(1, tasks).Append(0), counts);
        }
    }

    [Fact]
    public void Workers_wake_up_after_having_blocked()
    {
        var pool = SimdScope.Pool(4);
        for (var run = 0; run < 5; run++)
        {
            Thread.Sleep(30);
            var job = new Meeting { Expected = 4 };
            pool.Run(4, &Meet, &job);
            Assert.Equal(4, job.Arrived);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_exception_reaches_the_caller_and_the_pool_lives_on(int threads)
    {
        var pool = SimdScope.Pool(threads);
        for (var run = 0; run < 20; run++)
        {
            var error = Assert.Throws<InvalidOperationException>(() => pool.Run(40, &Fail, null));
            Assert.Equal("task 17", error.Message);
            var counts = new int[9];
            fixed (int* p = counts)
                pool.Run(9, &Count, p);
            Assert.All(counts, count => Assert.Equal(1, count));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Work_within_work_runs_in_place_with_scratch_of_its_own(int threads)
    {
        var pool = SimdScope.Pool(threads);
        var counts = new int[12 * 5];
        fixed (int* p = counts)
        {
            var job = new Nested { Threads = threads, Counts = p };
            pool.Run(12, &Nest, &job);
        }
        Assert.All(counts, count => Assert.Equal(1, count));
    }

    [Fact]
    public void Two_callers_at_once_both_get_their_work_done()
    {
        var pool = SimdScope.Pool(3);
        Parallel.For(0, 4, _ =>
        {
            for (var run = 0; run < 200; run++)
            {
                var counts = new int[20];
                fixed (int* p = counts)
                    pool.Run(20, &Count, p);
                Assert.All(counts, count => Assert.Equal(1, count));
            }
        });
    }

    [Fact]
    public void Scratch_is_aligned_grows_and_is_reused()
    {
        var small = WorkerPool.Scratch(0, 100);
        Assert.True(small == WorkerPool.Scratch(0, 100));
        var large = WorkerPool.Scratch(0, 1 << 20);
        new Span<byte>(large, 1 << 20).Fill(1);
        Assert.True(large == WorkerPool.Scratch(0, 10));
        Assert.Equal(0u, (nuint)large % 64);
    }

    private static void Count(void* context, int task, int worker) => Interlocked.Increment(ref ((int*)context)[task]);

    private static void Fail(void* context, int task, int worker)
    {
        if (task == 17)
            throw new InvalidOperationException("task 17");
    }

    /// <summary>Comes to an end only if as many workers as expected take part at the same time.</summary>
    private static void Meet(void* context, int task, int worker)
    {
        var job = (Meeting*)context;
        Interlocked.Increment(ref job->Arrived);
        SpinWait.SpinUntil(() => Volatile.Read(ref job->Arrived) == job->Expected, TimeSpan.FromSeconds(20));
    }

    private static void Nest(void* context, int task, int worker)
    {
        var job = (Nested*)context;
        var scratch = (int*)WorkerPool.Scratch(worker, 20);
        new Span<int>(scratch, 5).Fill(task);
        var inner = new Nested { Counts = job->Counts + task * 5 };
        SimdScope.Pool(job->Threads).Run(5, &NestInner, &inner);
        if (new Span<int>(scratch, 5).ContainsAnyExcept(task))
            throw new InvalidOperationException("the inner work wrote into the outer scratch");
    }

    private static void NestInner(void* context, int task, int worker)
    {
        new Span<byte>(WorkerPool.Scratch(worker, 20), 20).Fill(0xff);
        Interlocked.Increment(ref ((Nested*)context)->Counts[task]);
    }

    private struct Meeting
    {
        public int Expected;
        public int Arrived;
    }

    private struct Nested
    {
        public int Threads;
        public int* Counts;
    }
}
