using Tests.Shared;
using Xunit;

namespace Generators.Tests.Folders;

/// <summary>The folders of the compiler and of the library, in the order in which they may use each other: each only those before it.</summary>
public class FolderTests
{
    [Fact]
    public void The_compiler_flows_one_way() => FolderOrder.Check(
        "src/Generators",
        "../Shared", "Ir", "Diagnostics", "Analysis", "Parsing", "Passes", "Scheduling", "Costs", "Lowering", "CSharp",
        "Backends", "Backends/Cpu", "Backends/Gpu", "Emit", "Pipeline");

    [Fact]
    public void The_library_flows_one_way() => FolderOrder.Check(
        "src/Dsl",
        "../Shared", "Files", "Devices/Numerics", "Devices", "Devices/Cpu", "Devices/Cpu/Gemm", "Devices/Cpu/RowBlocks",
        "Devices/Gpu/Ilgpu", "Devices/Gpu/Scalars", "Devices/Gpu",
        "Tensors", "Language", "Autograd", "Layers", "Optimizers", "Testing");
}
