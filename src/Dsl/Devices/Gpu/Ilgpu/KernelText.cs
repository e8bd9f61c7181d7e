using System.Reflection;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR.Types;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// A kernel as text for a driver, PTX or OpenCL C, and what launches have to know of it beside the method that it is made of. From these two
/// ILGPU can load it again without compiling anything.
/// </summary>
/// <param name="Text">The text.</param>
/// <param name="SharedBytes">The memory that the threads of a group share.</param>
/// <param name="HasDynamicShared">Whether a launch may say that it is more.</param>
internal sealed record KernelText(string Text, int SharedBytes, bool HasDynamicShared)
{
    // How many parameters of OpenCL C ILGPU makes of a view: a buffer, and where in it the view begins.
    private const int ViewFields = 2;

    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic;

    private static readonly PropertyInfo Entry = typeof(CompiledKernel).GetProperty("EntryPoint", Hidden)
        ?? throw new MissingMemberException(nameof(CompiledKernel), "EntryPoint");

    private static readonly PropertyInfo Types = typeof(Context).GetProperty("TypeContext", Hidden)
        ?? throw new MissingMemberException(nameof(Context), "TypeContext");

    private static readonly ConstructorInfo Ptx
        = typeof(PTXCompiledKernel).GetConstructor(Hidden, [typeof(Context), typeof(EntryPoint), typeof(CompiledKernel.KernelInfo), typeof(string)])
        ?? throw new MissingMethodException(nameof(PTXCompiledKernel), ".ctor");

    /// <summary>What ILGPU has compiled, with the changes that it needs.</summary>
    public static KernelText Of(CompiledKernel kernel)
    {
        var text = kernel is CLCompiledKernel cl ? OpenClText.Mended(cl.Source) : PtxText.Mended(((PTXCompiledKernel)kernel).PTXAssembly);
        var shared = ((EntryPoint)Entry.GetValue(kernel)!).SharedMemory;
        return new KernelText(text, shared.StaticSize, shared.HasDynamicMemory);
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    public static KernelText Of(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        return new KernelText(reader.ReadString(), reader.ReadInt32(), reader.ReadBoolean());
    }

    /// <summary>All of it, for a file.</summary>
    public byte[] ToBytes()
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Text);
        writer.Write(SharedBytes);
        writer.Write(HasDynamicShared);
        return stream.ToArray();
    }

    /// <summary>What ILGPU would have made of the method on a device.</summary>
    public CompiledKernel Compiled(Accelerator accelerator, EntryPointDescription entry)
    {
        var (context, shared) = (accelerator.Context, new SharedMemorySpecification(SharedBytes, HasDynamicShared));
        if (accelerator is not CLAccelerator cl) return (PTXCompiledKernel)Ptx.Invoke([context, new EntryPoint(entry, shared, default), null, Text]);
        var types = (TypeInformationManager)Types.GetValue(context)!;
        return new CLCompiledKernel(context, new SeparateViewEntryPoint(entry, shared, default, types, ViewFields), null, Text, cl.CLStdVersion);
    }
}
