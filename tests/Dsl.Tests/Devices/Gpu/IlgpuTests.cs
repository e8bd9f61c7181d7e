using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR.Transformations;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
using MageDsl.Devices;
using MageDsl.Devices.Gpu;
using MageDsl.Devices.Gpu.Ilgpu;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>
/// What is changed of ILGPU from outside, and whether it still has to be: a test that fails here after an update of ILGPU says which of the
/// changes to look at.
/// </summary>
public class IlgpuTests
{
    public static TheoryData<string> Devices() => new(GpuTests.Names);

    /// <summary>Without a card or its driver: for each of the functions of device code, exact instructions and no unknown calls.</summary>
    [Fact]
    public void Device_code_compiles_for_cuda()
    {
        foreach (var text in new[]
        {
            Ptx<ScalarStage<float, Float32>>(), Ptx<ScalarStage<double, Float64>>(), Ptx<BarrierStage>(), Ptx<FillStage<int>>(),
            Ptx<ConvertStage<float, int, FloatToInt>>(), Ptx<ConvertStage<double, float, DoubleToFloat>>(),
        })
        {
            Assert.Contains(".entry ", text);
            // Those of powers of two and of reciprocals are exact enough where they are used.
            Assert.DoesNotMatch(@"\.approx(?<!(ex2|rcp)\.approx)", text);
        }
    }

    [Fact]
    public void Comparisons_keep_their_direction_on_cuda()
    {
        var text = Ptx<CompareStage>();
        Assert.Equal(3, text.Split("setp.lt.f32").Length - 1);
        Assert.DoesNotContain("setp.g", text.Replace("setp.ge.s32", "", StringComparison.Ordinal));

        // What ILGPU makes of 0 < x is x > 0 or NaN.
        Assert.Contains("setp.gtu.f32", Ptx<PlainCompareStage>());
    }

    [Fact]
    public void Extrema_are_one_instruction_where_cards_have_it()
    {
        const string Text = "max.NaN.f32 %f3, %f1, %f2;\nmin.NaN.f32 %f4, %f3, 0f3F800000;\n";
        Assert.EndsWith(Text, PtxText.Mended(".target sm_80\n" + Text));
        var spelled = PtxText.Mended(".target sm_75\n" + Text);
        Assert.DoesNotContain("NaN.f32", spelled);
        const string Takes = "setp.lt.f32 takes, %f1, %f2; setp.nan.f32 isNan, %f2, %f2; or.pred takes, takes, isNan; ";
        Assert.Contains($"{Takes}selp.f32 %f3, %f2, %f1, takes;", spelled);
        Assert.Contains("setp.lt.f32 takes, 0f3F800000, %f3;", spelled);
        Assert.Contains("max.NaN.f32", Ptx<ScalarStage<float, Float32>>());
        Assert.Contains("min.NaN.f32", Ptx<ScalarStage<float, Float32>>());
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Comparisons_are_false_of_nan(string name)
    {
        var device = GpuTests.Open(name);
        using var scope = new TensorScope(device);
        var (x, y) = (Tensor.From([1f, -1, float.NaN]), Tensor.Full(ElementType.Int32, -1, 9));
        device.Launch(new CompareStage { X = x.GpuView<float>(device), Y = y.GpuView<int>(device) }, 1, 1);
        Assert.Equal([1, 0, 0, 0, 1, 1, 1, 2, 2], y.ToArray<int>());
        device.Launch(new PlainCompareStage { X = x.GpuView<float>(device), Y = y.GpuView<int>(device) }, 1, 1);
        Assert.True(name == "ilgpu" == y.ToArray<int>().SequenceEqual([1, 0, 0, 0, 1, 1, 1, 2, 2]), "ILGPU compares NaN now; Comparisons may go");
    }

    [Fact]
    public void Barriers_in_opencl_order_both_memories()
    {
        var device = GpuTests.Open("opencl");
        var kernel = (CLCompiledKernel)device.Accelerator.GetBackend().Compile(GpuKernel.Describe(typeof(BarrierStage)), default);
        Assert.Contains("CLK_GLOBAL_MEM_FENCE", kernel.Source);
        Assert.DoesNotContain("CLK_LOCAL_MEM_FENCE", kernel.Source);
        var rest = OpenClText.Mended(kernel.Source).Replace("CLK_GLOBAL_MEM_FENCE | CLK_LOCAL_MEM_FENCE", "", StringComparison.Ordinal);
        Assert.DoesNotContain("CLK_GLOBAL_MEM_FENCE", rest);
        Assert.DoesNotContain("work_group_barrier", rest);

        using var scope = new TensorScope(device);
        var x = Tensor.Full(ElementType.Float32, 1, 32);
        device.Launch(new BarrierStage { X = x.GpuView<float>(device) }, 1, 32);
        Assert.All(x.ToArray<float>(), value => Assert.Equal(32, value));
    }

    /// <summary>PoCL would take the signal, and the process would end.</summary>
    [Fact]
    public void Divisions_by_zero_are_exceptions_beside_a_driver()
    {
        GpuTests.Open("opencl");
        var zero = Environment.ProcessorCount - Environment.ProcessorCount;
        Assert.Throws<DivideByZeroException>(() => (object)(7 / zero));
    }

    [Fact]
    public void Opencl_devices_are_let_in_that_ilgpu_refuses()
    {
        GpuTests.Open("opencl");
        using var context = Context.Create(builder => builder.OpenCL(_ => true));
        foreach (var device in context.Devices.OfType<CLDevice>())
        {
            OpenClCapabilities.Admit(device);
            Assert.True(device.Capabilities.GenericAddressSpace);
        }
    }

    /// <summary>The names of libraries are those that the resolver knows.</summary>
    [Fact]
    public void Libraries_are_asked_for_by_names_without_numbers()
    {
        const BindingFlags All = BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly;
        var names = typeof(Context).Assembly.GetTypes().SelectMany(type => type.GetMethods(All))
            .Select(method => method.GetCustomAttribute<DllImportAttribute>()?.Value).OfType<string>().Distinct().ToArray();
        Assert.Contains(DriverLibraries.Cuda, names);
        Assert.Contains(DriverLibraries.OpenCl, names);
        if (OperatingSystem.IsLinux()) Assert.Equal("libOpenCL.so.1", DriverLibraries.File(DriverLibraries.OpenCl));
    }

    /// <summary>Of two assemblies, one after the other: the second cannot profit from what the first was granted.</summary>
    [Fact]
    public void Kernels_may_be_private()
    {
        var device = GpuTests.Open("ilgpu");
        using var scope = new TensorScope(device);
        var y = Tensor.Full(ElementType.Int32, 0, 2);
        device.Launch(new FillStage<int> { To = y.GpuView<int>(device), Value = 3 }, 1, 1);
        device.Launch(new ConstantStage<Hidden> { Y = y.GpuView<int>(device) }, 1, 1);
        Assert.Equal([7, 3], y.ToArray<int>());
        using var context = Context.Create(builder => builder.CPU());
        using var accelerator = context.Devices[0].CreateAccelerator(context);
        Assert.ThrowsAny<Exception>(void () => accelerator.GetBackend().Compile(GpuKernel.Describe(typeof(ConstantStage<Hidden>)), default));
    }

    /// <summary>Of its text alone: no card is needed to see that.</summary>
    [Fact]
    public void A_text_is_a_kernel_again()
    {
        using var compiler = TextCompiler.ForCuda();
        var entry = GpuKernel.Describe(typeof(BarrierStage));
        var text = compiler.Compile(entry);
        Assert.Equal((64 * sizeof(float), false), (text.SharedBytes, text.HasDynamicShared));
        Assert.Equal(text, KernelText.Of(text.ToBytes()));
        var kernel = Assert.IsType<PTXCompiledKernel>(text.Compiled(GpuTests.Open("ilgpu").Accelerator, entry));
        Assert.Equal(text.Text, kernel.PTXAssembly);
        Assert.Equal(text, KernelText.Of(kernel));
        Assert.Contains($".entry {kernel.Name}(", text.Text);
    }

    [Fact]
    public void What_a_loop_does_not_change_stays_before_it_and_powers_of_two_do_not_divide()
    {
        var text = Ptx<LoopStage>();
        Assert.True(IsBeforeLoop(text), text);
        Assert.DoesNotContain("rem.", text);

        using var context = DeviceContexts.Create(_ => { });
        using var backend = new PTXBackend(context, CudaArchitecture.SM_80, CudaInstructionSet.ISA_80, null!);
        var plain = ((PTXCompiledKernel)backend.Compile(GpuKernel.Describe(typeof(LoopStage)), default)).PTXAssembly;
        Assert.False(IsBeforeLoop(plain), "ILGPU leaves things before a loop now; Placement may go");
        Assert.Matches(@"rem\.s32\s+%r\d+, %r\d+, 8;", plain);

        var device = GpuTests.Open("ilgpu");
        using var scope = new TensorScope(device);
        var y = Tensor.From([7, 8, 17]);
        device.Launch(new LoopStage { Y = y.GpuView<int>(device), Count = 3, A = 41, B = 4 }, 1, 1);
        Assert.Equal([17, 10, 11], y.ToArray<int>());

        static bool IsBeforeLoop(string text) => text.IndexOf("div.s32", StringComparison.Ordinal) is > 0 and var at
            && at < text.IndexOf("bra", StringComparison.Ordinal);
    }

    /// <summary>In every context and backend, wherever ILGPU takes structures apart.</summary>
    [Fact]
    public void Fields_are_read_before_structures_are_taken_apart()
    {
        using var context = DeviceContexts.Create(_ => { });
        using var backend = Placement.Kept(new PTXBackend(context, CudaArchitecture.SM_80, CudaInstructionSet.ISA_80, null!));
        var ofContext = (Transformer)Value(typeof(Context), "ContextTransformer", context);
        var ofBackend = (ImmutableArray<Transformer>)Value(typeof(Backend), "KernelTransformers", backend);
        Assert.All([[ofContext], ofBackend], transformers =>
        {
            var steps = transformers.SelectMany(transformer => transformer.Transformations).ToArray();
            var places = Enumerable.Range(0, steps.Length).Where(i => steps[i] is LowerStructures).ToArray();
            Assert.True(places.Length > 0, "ILGPU takes structures apart elsewhere now; EarlyFields has to go there");
            Assert.All(places, i => Assert.IsType<EarlyFields>(steps[i - 1]));
        });

        static object Value(Type type, string name, object of)
            => type.GetProperty(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(of)!;
    }

    /// <summary>What a stage is on CUDA, without a card.</summary>
    internal static string Ptx(Type stage)
    {
        using var compiler = TextCompiler.ForCuda();
        return compiler.Compile(GpuKernel.Describe(stage)).Text;
    }

    private static string Ptx<TStage>()
        where TStage : struct, IGpuStage<TStage>
        => Ptx(typeof(TStage));

    private struct CompareStage : IGpuStage<CompareStage>
    {
        public ArrayView<float> X;
        public ArrayView<int> Y;

        public static void Run(CompareStage s)
        {
            for (var i = 0; i < 3; i++)
            {
                var x = s.X[i];
                s.Y[i] = Float32.Less(0, x) ? 1 : 0;
                s.Y[i + 3] = Float32.Not(Float32.Less(0, x)) ? 1 : 0;
                if (Float32.Less(0, x)) s.Y[i + 6] = 1;
                else s.Y[i + 6] = 2;
            }
        }
    }

    private struct PlainCompareStage : IGpuStage<PlainCompareStage>
    {
        public ArrayView<float> X;
        public ArrayView<int> Y;

        public static void Run(PlainCompareStage s)
        {
            for (var i = 0; i < 3; i++)
            {
                var x = s.X[i];
                s.Y[i] = 0 < x ? 1 : 0;
                s.Y[i + 3] = !(0 < x) ? 1 : 0;
                if (0 < x) s.Y[i + 6] = 1;
                else s.Y[i + 6] = 2;
            }
        }
    }

    private struct BarrierStage : IGpuStage<BarrierStage>
    {
        public ArrayView<float> X;

        public static void Run(BarrierStage s)
        {
            var shared = SharedMemory.Allocate<float>(64);
            s.X[Group.IdxX] = GpuReduce<float, Float32>.SumX(shared, s.X[Group.IdxX]);
        }
    }

    private struct LoopStage : IGpuStage<LoopStage>
    {
        public ArrayView<int> Y;
        public int Count, A, B;

        public static void Run(LoopStage s)
        {
            var quotient = s.A / s.B;
            for (var i = 0; i < s.Count; i++) s.Y[i] = quotient + (s.Y[i] % 8);
        }
    }

    private interface IConstant
    {
        static abstract int Value { get; }
    }

    private struct Hidden : IConstant
    {
        public static int Value => 7;
    }

    private struct ConstantStage<TConstant> : IGpuStage<ConstantStage<TConstant>>
        where TConstant : struct, IConstant
    {
        public ArrayView<int> Y;

        public static void Run(ConstantStage<TConstant> s) => s.Y[0] = TConstant.Value;
    }
}
