using MageDsl.Devices;
using MageDsl.Devices.Cpu;

namespace Bench.Contractions;

/// <summary>One shape and layout with its operands: NN, NT (rows of B along k) or TN (rows of A along m).</summary>
internal sealed unsafe class GemmCase : IDisposable
{
    private static readonly MemoryPool Pool = CpuDevice.Shared.Pool;

    private readonly bool leftAlongK;
    private readonly bool rightAlongK;
    private readonly int batch, m, n, k;
    private readonly nuint bytesA, bytesB, bytesC;
    private readonly float* a, b, c, reference;

    public GemmCase(string layout, int batch, int m, int n, int k)
    {
        leftAlongK = layout[0] == 'N';
        rightAlongK = layout[1] == 'T';
        (this.batch, this.m, this.n, this.k) = (batch, m, n, k);
        bytesA = (nuint)((long)batch * m * k * sizeof(float));
        bytesB = (nuint)((long)batch * n * k * sizeof(float));
        bytesC = (nuint)((long)batch * m * n * sizeof(float));
        a = (float*)Pool.Rent(bytesA);
        b = (float*)Pool.Rent(bytesB);
        c = (float*)Pool.Rent(bytesC);
        reference = (float*)Pool.Rent(bytesC);
        Fill(a, bytesA, 1);
        Fill(b, bytesB, 2);
        Name = $"{layout} {(batch > 1 ? $"{batch} × " : "")}{m}×{n}×{k}";
    }

    public string Name { get; }

    public double Flops => 2.0 * batch * m * n * k;

    public void RunOurs()
    {
        switch (leftAlongK, rightAlongK)
        {
            case (true, false): RunOurs<Yes, No>(); break;
            case (true, true): RunOurs<Yes, Yes>(); break;
            default: RunOurs<No, No>(); break;
        }
    }

    public void RunBlas(OpenBlas blas)
    {
        for (long i = 0; i < batch; i++)
            blas.Multiply(leftAlongK, rightAlongK, m, n, k, a + i * m * k, b + i * n * k, reference + i * m * n);
    }

    /// <summary>The largest difference of the two results.</summary>
    public double Difference()
    {
        var largest = 0.0;
        for (nuint i = 0; i < bytesC / sizeof(float); i++)
            largest = Math.Max(largest, Math.Abs(c[i] - reference[i]));
        return largest;
    }

    public void Dispose()
    {
        Pool.Return((nint)a, bytesA);
        Pool.Return((nint)b, bytesB);
        Pool.Return((nint)c, bytesC);
        Pool.Return((nint)reference, bytesC);
    }

    private void RunOurs<TLeft, TRight>()
        where TLeft : IFlag where TRight : IFlag
    {
        var stage = new DenseContraction<TLeft, TRight> { A = a, B = b, C = c, M = m, N = n, K = k };
        Gemm.Run<DenseContraction<TLeft, TRight>, float>(&stage, batch, m, n, k);
    }

    private static void Fill(float* p, nuint bytes, int seed)
    {
        var random = new Random(seed);
        for (nuint i = 0; i < bytes / sizeof(float); i++)
            p[i] = random.NextSingle() - 0.5f;
    }
}
