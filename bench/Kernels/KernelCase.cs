using MageDsl;
using MageDsl.Devices.Cpu;

namespace Bench.Kernels;

/// <summary>
/// A kernel on one set of inputs, in the forms that are compared. Op by op: one call of System.Numerics.Tensors per primitive, each a
/// pass over whole tensors, results in buffers that are allocated once. The library runs on one thread; the second form gives
/// each of as many threads as the kernels have an equal share of the rows.
/// </summary>
internal abstract unsafe class KernelCase : IDisposable
{
    private readonly List<Tensor> owned = [];
    private readonly Random random = new(1);
    private Tensor? upstream;

    /// <summary>Kernel and sizes.</summary>
    public abstract string Name { get; }

    /// <summary>What is read and written at least: every input once, the result once.</summary>
    public abstract long LeastBytes { get; }

    /// <summary>What the backward pass reads and writes at least; 0 where no memory bounds it.</summary>
    public virtual long BackwardBytes => 0;

    /// <summary>The largest difference of <see cref="Difference"/> that rounding explains; for dropout a share of elements.</summary>
    public virtual double Tolerance => 2e-5;

    /// <summary>How many rows can be dealt out to threads.</summary>
    protected abstract int Rows { get; }

    /// <summary>Where op by op leaves its result.</summary>
    protected abstract Tensor Result { get; }

    /// <summary>Inputs that want a gradient.</summary>
    protected abstract Tensor[] Differentiated { get; }

    public void OpByOp() => Pass(0, Rows, 0);

    public void OpByOpOnThreads()
    {
        var parts = WorkerPool.Shared.Threads;
        Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = parts }, part =>
        {
            var first = (int)((long)Rows * part / parts);
            Pass(first, (int)((long)Rows * (part + 1) / parts) - first, part);
        });
    }

    /// <summary>The compiled kernel; what it allocates goes back to the pool.</summary>
    public void Forward(bool fused)
    {
        using var scope = new TensorScope();
        Launch(fused);
    }

    /// <summary>Forward and backward: the gradients of all of <see cref="Differentiated"/>.</summary>
    public void ForwardBackward(bool fused)
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        foreach (var tensor in Differentiated)
            tape.Watch(tensor);
        var result = Launch(fused);
        // Stands in for the layers above: a loss that costs nothing and sends a gradient down.
        var gradient = upstream ??= TensorScope.Detach(Random(result.Shape));
        var loss = Tensor.Zeros(ElementType.Float32);
        tape.Record([result], [loss], (_, _) => [gradient]);
        tape.Backward(loss);
    }

    /// <summary>How far the fused or unfused kernel's result is from that of the last run op by op.</summary>
    public double Difference(bool fused)
    {
        using var scope = new TensorScope();
        return Difference(Launch(fused).Span<float>(), Result.Span<float>());
    }

    public virtual void Dispose()
    {
        foreach (var tensor in owned)
            tensor.Dispose();
        upstream?.Dispose();
    }

    /// <summary>Launches the compiled kernel.</summary>
    protected abstract Tensor Launch(bool fused);

    /// <summary>Op by op on some of the rows; every part has a number of its own.</summary>
    protected abstract void Pass(int first, int rows, int part);

    protected virtual double Difference(ReadOnlySpan<float> ours, ReadOnlySpan<float> theirs)
    {
        var largest = 0.0;
        for (var i = 0; i < ours.Length; i++)
            largest = Math.Max(largest, Math.Abs(ours[i] - theirs[i]));
        return largest;
    }

    /// <summary>An input, uniform in [-scale, scale).</summary>
    protected Tensor Input(float scale, params ReadOnlySpan<int> shape) => Own(Random(shape, scale));

    /// <summary>A buffer for op by op, cleared so that its pages exist.</summary>
    protected Tensor Buffer(params ReadOnlySpan<int> shape) => Own(Tensor.Zeros(ElementType.Float32, shape));

    protected Tensor Own(Tensor tensor)
    {
        owned.Add(tensor);
        return tensor;
    }

    protected int Next(int below) => random.Next(below);

    /// <summary>Some rows of a matrix.</summary>
    protected static Span<float> Part(Tensor matrix, int first, int rows)
    {
        var columns = (int)(matrix.Count / matrix.Shape[0]);
        return new Span<float>(matrix.Pointer<float>() + (long)first * columns, rows * columns);
    }

    private Tensor Random(ReadOnlySpan<int> shape, float scale = 1)
    {
        var tensor = Tensor.Empty(ElementType.Float32, shape);
        foreach (ref var value in tensor.WritableSpan<float>())
            value = scale * (2 * random.NextSingle() - 1);
        return tensor;
    }
}
