using System.Runtime.InteropServices;
using MageDsl.Devices.Cpu;

namespace Bench.Contractions;

/// <summary>cblas_sgemm of the installed OpenBLAS.</summary>
internal sealed unsafe partial class OpenBlas
{
    private const string Library = "libopenblas.so.0";
    private const int RowMajor = 101;
    private const int AsIs = 111;
    private const int Transposed = 112;

    private readonly delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> sgemm;
    private readonly delegate* unmanaged<int, void> setThreads;
    private readonly delegate* unmanaged<byte*> getConfig;

    private OpenBlas(nint library)
    {
        sgemm = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)
            NativeLibrary.GetExport(library, "cblas_sgemm");
        setThreads = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "openblas_set_num_threads");
        getConfig = (delegate* unmanaged<byte*>)NativeLibrary.GetExport(library, "openblas_get_config");
    }

    /// <summary>Version, options and processor.</summary>
    public string Config => Marshal.PtrToStringAnsi((nint)getConfig()) ?? "";

    /// <summary>The library, or null where it is not installed.</summary>
    public static OpenBlas? Find()
    {
        // A processor newer than the library is taken for one of 2004, a sixth as fast; name one with the same vectors instead.
        // The library reads the environment of C, which is not that of .NET, once, as it is loaded.
        if (OperatingSystem.IsLinux() && Simd.IsSupported(256))
            _ = setenv("OPENBLAS_CORETYPE", Simd.IsSupported(512) ? "SKYLAKEX" : "HASWELL", overwrite: 0);
        return NativeLibrary.TryLoad(Library, out var library) ? new OpenBlas(library) : null;
    }

    public void SetThreads(int threads) => setThreads(threads);

    /// <summary>C = op(A) op(B), dense and row-major.</summary>
    public void Multiply(bool leftAlongK, bool rightAlongK, int m, int n, int k, float* a, float* b, float* c)
        => Multiply(leftAlongK, rightAlongK, m, n, k, a, leftAlongK ? k : m, b, rightAlongK ? k : n, c, n);

    /// <summary>C = op(A) op(B), row-major, with the distances between rows in elements.</summary>
    public void Multiply(bool leftAlongK, bool rightAlongK, int m, int n, int k, float* a, int strideA, float* b, int strideB, float* c, int strideC)
        => sgemm(
            RowMajor, leftAlongK ? AsIs : Transposed, rightAlongK ? Transposed : AsIs, m, n, k,
            1, a, strideA, b, strideB, 0, c, strideC);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
