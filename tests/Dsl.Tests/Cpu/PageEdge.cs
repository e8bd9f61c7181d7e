using System.ComponentModel;
using System.Runtime.InteropServices;

namespace MageDsl.Tests.Cpu;

/// <summary>A page of memory followed by one that must not be touched (Linux).</summary>
public sealed unsafe partial class PageEdge : IDisposable
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private readonly nuint page = (nuint)Environment.SystemPageSize;
    private readonly byte* memory;

    public PageEdge()
    {
        memory = mmap(null, 2 * page, ReadWrite, PrivateAnonymous, -1, 0);
        if ((nint)memory == -1 || mprotect(memory + page, page, 0) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>One past the last byte that may be touched.</summary>
    public byte* End => memory + page;

    public void Dispose() => munmap(memory, 2 * page);

    [LibraryImport("libc", SetLastError = true)]
    private static partial byte* mmap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mprotect(void* address, nuint length, int protection);

    [LibraryImport("libc")]
    private static partial int munmap(void* address, nuint length);
}
