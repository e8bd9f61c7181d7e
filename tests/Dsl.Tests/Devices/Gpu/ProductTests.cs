using System.Text.RegularExpressions;
using Dsl.Tests.Kernels;
using ILGPU;
using MageDsl.Devices;
using MageDsl.Devices.Gpu;
using MageDsl.Devices.Gpu.Ilgpu;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>Products of matrices on devices, in every way in which they are computed there.</summary>
public class ProductTests
{
    private const int H200 = 132;

    private static readonly Lazy<GpuDevice> Wide = new(() => new IlgpuKind(WarpGroupUse.Wide).Open(0));

    private static readonly ProductSizes[] Sizes = [new(1, 7, 5, 9), new(2, 70, 45, 40), new(1, 132, 140, 36), new(2, 3, 132, 70), new(1, 2, 3, 0)];

    public static TheoryData<string, string> Plain()
    {
        var data = new TheoryData<string, string>();
        foreach (var device in GpuTests.Names)
            foreach (var way in new[] { "small", "small, 3 shares", "large", "packed small, 3 shares" }) data.Add(device, way);
        return data;
    }

    public static TheoryData<string, string> OnTensorCores()
    {
        var data = new TheoryData<string, string>();
        string[] ways = ["float32", "tf32", "bf16, 2 shares", "packed float32, 2 shares", "packed tf32, 2 shares", "packed bf16"];
        foreach (var device in new[] { "ilgpu", "cuda" })
            foreach (var way in ways) data.Add(device, way);
        return data;
    }

    [Theory]
    [MemberData(nameof(Plain))]
    public void Products_are_right(string device, string way)
    {
        if (way == "large") KernelCases.SkipWhereSlow(device);
        foreach (var sizes in Sizes)
        {
            for (var layout = 0; layout < 4; layout++) Check<float, Float32>(GpuTests.Open(device), way, sizes, layout, 2e-5);
        }
        Check<double, Float64>(GpuTests.Open(device), "small", Sizes[1], 0, 1e-12);
    }

    /// <summary>
    /// On <c>ilgpu</c> every one of 256 threads is one of the system's, and goes through each instruction of a warp with it: so one size.
    /// </summary>
    [Theory]
    [MemberData(nameof(OnTensorCores))]
    public void Products_on_tensor_cores_are_right(string device, string way)
    {
        Check<float, Float32>(GpuTests.Open(device), way, new(1, 70, 45, 40), 1, 2e-5);
    }

    /// <summary>Operands that all items have in common; results by fours.</summary>
    [Theory]
    [InlineData("packed bf16", 1, 68, true, true)]
    [InlineData("packed bf16, 2 shares", 2, 72, false, true)]
    [InlineData("packed tf32", 2, 24, true, false)]
    [InlineData("packed small, 2 shares", 2, 264, false, false)]
    public void Products_of_packed_operands_are_right(string way, int batch, int terms, bool leftVaries, bool rightVaries) =>
        Check<float, Float32>(GpuTests.Open("ilgpu"), way, new(batch, 20, 24, terms), 2, 2e-5, leftVaries, rightVaries);

    /// <summary>
    /// Operands that lie in memory as they are multiplied, dense along k or along their own axis; where tiles and items end, and with more steps than
    /// are in shared memory at once; by warps, and by groups of them.
    /// </summary>
    [Theory]
    [InlineData(0, 2, 64, 1, false, true, false)]
    [InlineData(1, 1, 256, 1, true, true, false)]
    [InlineData(2, 2, 128, 2, true, false, false)]
    [InlineData(3, 1, 192, 2, true, true, false)]
    [InlineData(0, 1, 256, 1, true, true, true)]
    [InlineData(1, 2, 128, 2, true, false, true)]
    [InlineData(2, 2, 64, 1, false, true, true)]
    public void Products_of_words_are_right(int layout, int batch, int terms, int shares, bool leftVaries, bool rightVaries, bool byGroups)
    {
        var plan = new ProductPlan(ProductTile.Tensor(Precision.BFloat16), shares, IsPacked: true);
        var device = byGroups ? WithWarpGroups() : GpuTests.Open("ilgpu");
        Check<float, Float32>(device, "bf16", new(batch, 104, 136, terms), layout, 2e-5, leftVaries, rightVaries, plan);
    }

    /// <summary>The same of floats, which have to lie along k; others are packed.</summary>
    [Theory]
    [InlineData(1, 1, 32, 1, true, false)]
    [InlineData(1, 2, 32, 1, false, true)]
    [InlineData(3, 2, 128, 2, true, true)]
    [InlineData(2, 1, 160, 1, true, true)]
    public void Products_of_floats_are_right(int layout, int batch, int terms, int shares, bool leftVaries, bool byGroups)
    {
        var plan = new ProductPlan(ProductTile.Tensor(Precision.Float32), shares, (layout & 1) == 0, layout < 2, IsPacked: true);
        var device = byGroups ? WithWarpGroups() : GpuTests.Open("ilgpu");
        Check<float, Float32>(device, "float32", new(batch, 104, 136, terms), layout, 1e-5, leftVaries, plan: plan);
    }

    /// <summary>Both groups of four warps, and more steps than are in shared memory at once.</summary>
    [Theory]
    [InlineData(Precision.Float32, 1, 136)]
    [InlineData(Precision.BFloat16, 1, 196)]
    [InlineData(Precision.Tf32, 2, 72)]
    public void Products_by_groups_of_warps_are_right(Precision precision, int batch, int terms)
    {
        var device = WithWarpGroups();
        Check<float, Float32>(device, $"packed {precision.Name()}", new(batch, 100, 124, terms), 2, precision == Precision.Float32 ? 1e-5 : 2e-5);
        Assert.Contains(new GpuLaunched(device.Traits, precision).Of(typeof(ProductStage<float, Float32>)).Last(), device.Kernels.Known);
    }

    /// <summary>
    /// Tiles of 128 x 256, of operands that lie along k or along their own axis, packed or as they are; more tiles than groups, more steps than are
    /// in shared memory at once, shares, and rows and columns that end within a tile. What all threads copy, and what the copy engine brings.
    /// </summary>
    [Theory]
    [InlineData(Precision.BFloat16, 3, 1, 130, 300, 320, 1, false)]
    [InlineData(Precision.BFloat16, 0, 2, 136, 264, 128, 1, true)]
    [InlineData(Precision.BFloat16, 1, 1, 72, 328, 64, 1, true)]
    [InlineData(Precision.BFloat16, 2, 1, 136, 72, 192, 2, true)]
    [InlineData(Precision.Tf32, 1, 1, 60, 260, 200, 2, false)]
    public void Products_in_wide_tiles_are_right(
        Precision precision, int layout, int batch, int rows, int columns, int terms, int shares, bool areWords)
    {
        var plan = new ProductPlan(ProductTile.Wide(precision), shares, !areWords, !areWords, IsPacked: true);
        Assert.All([Broad(), Wide.Value], device => Check<float, Float32>(
            device, precision.Name(), new(batch, rows, columns, terms), layout, 3e-5, leftVaries: batch == 1, plan: plan));
    }

    /// <summary>Sizes of ViT-B for 64 images.</summary>
    [Theory]
    [InlineData(1, 16448, 3072, 768, Precision.Float32, "Large x 1, copies right", false)]
    [InlineData(1, 768, 768, 16448, Precision.Float32, "Large x 22, copies right", false)]
    [InlineData(1, 16448, 3072, 768, Precision.Float32, "Float32 x 1, packed")]
    [InlineData(1, 768, 768, 16448, Precision.Float32, "Float32 x 11, packed")]
    [InlineData(64, 4096, 256, 2304, Precision.Float32, "Float32 x 1")]
    [InlineData(1, 768, 768, 16448, Precision.BFloat16, "BFloat16 x 7, packed")]
    [InlineData(1, 768, 3072, 16448, Precision.Float32, "Large x 11, copies right", false)]
    [InlineData(1, 768, 3072, 16448, Precision.BFloat16, "BFloat16 x 5, packed")]
    [InlineData(1, 16448, 3072, 768, Precision.Tf32, "Tf32 x 1, packed")]
    [InlineData(64, 1024, 256, 2304, Precision.BFloat16, "BFloat16 x 1, packed")]
    [InlineData(64, 4096, 256, 2304, Precision.BFloat16, "BFloat16 x 1")]
    [InlineData(64, 4096, 128, 1152, Precision.BFloat16, "BFloat16 x 1")]
    [InlineData(1, 64, 768, 768, Precision.Tf32, "Tf32 x 3")]
    [InlineData(768, 257, 64, 257, Precision.Float32, "Small x 1, copies right")]
    [InlineData(1, 64, 1000, 768, Precision.Float32, "Small x 3")]
    [InlineData(1, 10, 10, 0, Precision.Tf32, "Small x 1")]
    public void The_plan_suits_the_sizes(int batch, int rows, int columns, int terms, Precision precision, string expected, bool splits = true)
    {
        // As a convolution has them: each item has rows of its own, and all have the same columns, which something costly is computed for.
        var form = new GpuProductForm(new(true, true, false, batch > 1), new(true, true, true, false), true);
        var card = Card(WarpGroupUse.On) with { SplitsFloats = splits };
        var plan = ProductPlan.Of(card, precision, isSingle: true, new(batch, rows, columns, terms), form);
        var packs = (plan.PacksLeft, plan.PacksRight) switch { (true, true) => ", packed", (false, true) => ", copies right", _ => "" };
        Assert.Equal(expected, $"{plan.Tile.Kind} x {plan.Shares}{packs}");
        Assert.True(plan.Shares * plan.ShareTerms(new(batch, rows, columns, terms)) >= terms);
    }

    /// <summary>A wide tile has a multiprocessor for itself, so shares fill fewer groups.</summary>
    [Theory]
    [InlineData(16448, 3072, 768, Precision.BFloat16, "128 x 256 x 1")]
    [InlineData(16448, 768, 3072, Precision.Tf32, "128 x 256 x 1")]
    [InlineData(768, 3072, 16448, Precision.BFloat16, "128 x 256 x 5")]
    [InlineData(768, 768, 16448, Precision.BFloat16, "128 x 256 x 7")]
    [InlineData(16448, 200, 768, Precision.BFloat16, "128 x 128 x 1")]
    [InlineData(16448, 384, 768, Precision.BFloat16, "128 x 128 x 1")]
    [InlineData(16448, 2025, 768, Precision.BFloat16, "128 x 256 x 1")]
    [InlineData(64, 3072, 768, Precision.BFloat16, "128 x 128 x 3")]
    [InlineData(16448, 3072, 768, Precision.Float32, "128 x 128 x 1")]
    [InlineData(16448, 768, 768, Precision.BFloat16, "128 x 128 x 1", true)]
    [InlineData(16448, 768, 3072, Precision.BFloat16, "128 x 256 x 1", true)]
    [InlineData(16448, 768, 256, Precision.BFloat16, "128 x 128 x 1")]
    public void Wide_tiles_are_taken_where_they_are_worth_it(
        int rows, int columns, int terms, Precision precision, string expected, bool readsElements = false)
    {
        var form = new GpuProductForm(new(true, true, false, false), new(true, true, false, false), true, readsElements);
        Assert.All([WarpGroupUse.On, WarpGroupUse.Wide], use =>
        {
            var plan = ProductPlan.Of(Card(use), precision, isSingle: true, new(1, rows, columns, terms), form);
            Assert.Equal(expected, $"{plan.Tile.Rows} x {plan.Tile.Columns} x {plan.Shares}");
        });
    }

    [Fact]
    public void Doubles_are_never_rounded() =>
        Assert.Equal(
            ProductTileKind.Small,
            ProductPlan.Of(Card(WarpGroupUse.On), Precision.BFloat16, isSingle: false, new(1, 999, 999, 999), default).Tile.Kind);

    [Fact]
    public void A_kernel_is_computed_in_the_precision_of_its_device()
    {
        var device = GpuTests.Own("ilgpu");
        var exact = Linear(device);
        Assert.Equal(Linear(Device.Open("cpu")), exact, (a, b) => Math.Abs(a - b) < 1e-5);
        device.Precision = Precision.BFloat16;
        var rounded = Linear(device);
        Assert.Equal(exact, rounded, (a, b) => Math.Abs(a - b) < 2e-2);
        Assert.NotEqual(exact, rounded, (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void What_a_device_cannot_do_is_said_when_it_is_asked_for()
    {
        var cpu = Device.Open("cpu");
        Assert.StartsWith("cpu cannot compute in tf32: ", Assert.Throws<DeviceException>(() => cpu.Precision = Precision.Tf32).Message);
        Assert.Equal(Precision.Float32, cpu.Precision);
        cpu.Precision = Precision.Float32;
        Assert.Equal(
            "no precision is called 'fp8'; there is float32, tf32, bf16", Assert.Throws<DeviceException>(() => Precisions.Parse("fp8")).Message);
        Assert.Equal(Precision.BFloat16, Precisions.Parse(" BF16 "));
    }

    [Fact]
    public void Opencl_says_that_it_has_no_tensor_cores()
    {
        var device = GpuTests.Open("opencl");
        Assert.Contains("tensor cores", Assert.Throws<DeviceException>(() => device.Precision = Precision.BFloat16).Message);
    }

    /// <summary>Sums stay in registers, and shared memory is read by four.</summary>
    [Fact]
    public void Products_are_the_instructions_that_they_should_be()
    {
        var large = Text(Precision.Float32);
        Assert.Equal(16 * 64, Count(large, "fma.rn.f32"));
        Assert.Equal(16 * 4, Count(large, "ld.shared.v4.f32") - 1);
        Assert.Equal(4, Count(large, "ld.global.v4.f32"));
        foreach (var (precision, multiply) in new[] { (Precision.Tf32, "m16n8k8"), (Precision.BFloat16, "m16n8k16") })
        {
            var tile = Text(precision);
            Assert.Equal(4 * 16, Count(tile, $"mma.sync.aligned.{multiply}.row.col.f32"));
            Assert.Equal(4 * 6, Count(tile, "ldmatrix.sync.aligned.m8n8.x4.shared.b16"));
            Assert.Equal(8 * 2, Count(tile, "cp.async.cg.shared.global"));
            Assert.DoesNotContain("ld.global", tile);
        }
        Assert.All([large, Text(Precision.Tf32)], text => Assert.Equal(1, Count(text, "st.global.v4.f32")));
        Assert.All([large, Text(Precision.BFloat16)], text => Assert.DoesNotContain(".local", text));

        static string Text(Precision precision) => TileText(CudaKind.Card, precision);
    }

    /// <summary>
    /// The products of a step follow each other, all on the same 64 registers, which nothing else touches until all have been waited for; what was
    /// copied is seen before.
    /// </summary>
    [Theory]
    [InlineData(Precision.Tf32, false, false, @"k8\.f32\.tf32\.tf32", "1, 1")]
    [InlineData(Precision.BFloat16, false, false, @"k16\.f32\.bf16\.bf16", "1, 1, 0, 0")]
    [InlineData(Precision.BFloat16, true, false, @"k16\.f32\.bf16\.bf16", "1, 1, 1, 0")]
    [InlineData(Precision.BFloat16, false, true, @"k16\.f32\.bf16\.bf16", "1, 1, 0, 1")]
    [InlineData(Precision.BFloat16, true, true, @"k16\.f32\.bf16\.bf16", "1, 1, 1, 1")]
    public void Groups_of_warps_multiply_by_the_instructions_that_they_should(
        Precision precision, bool isLeftTurned, bool isRightTurned, string types, string flags)
    {
        var word = precision == Precision.Tf32 ? typeof(Tf32Word) : typeof(BFloat16Word);
        var (left, right) = (Layout(isLeftTurned), Layout(isRightTurned));
        var core = typeof(WarpGroupCore<,,>).MakeGenericType(word, left, right);
        var text = IlgpuTests.Ptx(typeof(PackedTile<,,,,,,,,>).MakeGenericType(
            typeof(ProductStage<float, Float32>), typeof(float), typeof(Float32), core, left, right, typeof(Quad<float>), typeof(Quad<bool>),
            typeof(Quads<float, Float32>)));
        Assert.Contains(".target sm_90a\n", text);
        Assert.Contains(".extern .shared .align 1024 .b8", text);
        // Before the first step, and before each next one.
        Assert.Equal(2, Regex.Count(text, @"cp\.async\.wait_group 1;\s+fence\.proxy\.async\.shared::cta;"));
        var sums = string.Join(", ", Enumerable.Range(0, 64).Select(i => $"sum{i}"));
        var product = $@"wgmma\.mma_async\.sync\.aligned\.m64n128{types} \{{{sums}\}}, left, right, adds, {flags}; ";
        var next = $"add.s64 left, left, {(isLeftTurned ? 128 : 2)}; add.s64 right, right, {(isRightTurned ? 128 : 2)}; ";
        var end = @"wgmma\.commit_group\.sync\.aligned; wgmma\.wait_group\.sync\.aligned 1;";
        Assert.Matches($@"wgmma\.fence\.sync\.aligned; ({product}{next}){{3}}{product}{end}", text);
        Assert.Equal(4, Count(text, "wgmma.mma_async"));
        Assert.All(["mma.sync", "ldmatrix", ".local"], word => Assert.DoesNotContain(word, text));
        Assert.Equal(1, Count(text, "st.global.v4.f32"));
        Assert.Matches(@"\.reg \.f32 sum<64>;\s+mov\.f32 sum0, 0f00000000;", text);
        Assert.Matches(@"wgmma\.wait_group\.sync\.aligned 0;\s+mov\.f32 %f\d+, sum0;\s+mov\.f32 %f\d+, sum1;", text);
        Assert.Equal(6, Count(text, "sum63"));

        static Type Layout(bool isTurned) => isTurned ? typeof(TermsOfRows) : typeof(RowsOfTerms);
    }

    /// <summary>
    /// Float32 on tensor cores: by warps three products where there is one of TF32, and by groups of them twelve a step, three for each eight terms
    /// that are read; of the right operand each thread splits what it has copied while they go on, and then waits.
    /// </summary>
    [Fact]
    public void Floats_are_split_by_the_instructions_that_they_should_be()
    {
        var byWarps = TileText(CudaKind.Card with { SplitsFloats = true }, Precision.Float32);
        Assert.Equal(3 * 4 * 16, Count(byWarps, "mma.sync.aligned.m16n8k8.row.col.f32.tf32"));
        var text = TileText(Card(WarpGroupUse.On) with { SplitsFloats = true }, Precision.Float32);
        Assert.All([".target sm_90a\n", ".align 1024 .b8"], part => Assert.Contains(part, text));
        var sums = string.Join(", ", Enumerable.Range(0, 64).Select(i => $"sum{i}"));
        var product = $@"wgmma\.mma_async\.sync\.aligned\.m64n128k8\.f32\.tf32\.tf32 \{{{sums}\}}, ";
        const string Rows = @"\{(%r\d+(, )?){4}\}";
        Assert.Matches(
            $@"setp\.ne\.s32 adds, %r\d+, 0; wgmma\.fence\.sync\.aligned; {product}{Rows}, right, adds, 1, 1; setp\.eq\.u32 adds, high, high; "
            + $@"{product}{Rows}, rest, adds, 1, 1; {product}{Rows}, right, adds, 1, 1;", text);
        (string Word, int Times)[] expected =
        [
            ("wgmma.mma_async", 12), ("ldmatrix.sync.aligned.m8n8.x4.shared.b16", 4), ("wgmma.commit_group", 1),
            ("wgmma.wait_group.sync.aligned 0", 1), ("cp.async.cg.shared.global", 16), ("cp.async.wait_group 1", 2), ("fence.proxy.async", 2),
            ("sub.f32", 16 + 32), ("st.shared.v4", 2 * 8), (".local", 0),
        ];
        Assert.All(expected, word => Assert.Equal(word.Times, Count(text, word.Word)));
        Assert.Matches(@"(?s)wgmma\.commit_group.*cp\.async\.wait_group.*fence\.proxy.*wgmma\.wait_group", text);
    }

    /// <summary>What is multiplied of a number is all but its last bits, and what is no number stays none.</summary>
    [Fact]
    public void What_is_left_of_a_number_is_most_of_it()
    {
        foreach (var value in Draw(3, 1000).Append(1e-30).Append(-3e38).Append(0))
        {
            var word = BitConverter.SingleToUInt32Bits((float)value);
            var (high, low) = Split(word);
            Assert.Equal(0u, high & 0x1FFFu);
            double sum = BitConverter.UInt32BitsToSingle(high) + (double)BitConverter.UInt32BitsToSingle(low & 0xFFFFE000u);
            Assert.True(Math.Abs(sum - (float)value) <= Math.Abs(value) * Math.Pow(2, -22), $"{value:R} is {sum:R}");
        }
        Assert.All([float.NaN, BitConverter.UInt32BitsToSingle(0x7FFFFFFF)], nan =>
            Assert.True(float.IsNaN(BitConverter.UInt32BitsToSingle(Split(BitConverter.SingleToUInt32Bits(nan)).Low))));

        static (uint High, uint Low) Split(uint word)
        {
            var high = Float32Word.High(new Quad<uint>(word, 0, 0, 0));
            return (high.X, Float32Word.Low(new Quad<uint>(word, 0, 0, 0), high).X);
        }
    }

    /// <summary>
    /// What multiplies waits for nothing but a step, of which one thread has the boxes copied; its 128 sums stay where they are, and begin anew with
    /// the first step of a tile. Half a tile waits for itself alone.
    /// </summary>
    [Theory]
    [InlineData(Precision.Tf32, @"k8\.f32\.tf32\.tf32", "1, 1")]
    [InlineData(Precision.BFloat16, @"k16\.f32\.bf16\.bf16", "1, 1, 0, 0")]
    public void Wide_tiles_are_the_instructions_that_they_should_be(Precision precision, string types, string flags)
    {
        var text = TileText(Card(WarpGroupUse.Wide), precision);
        Assert.All([".version 8.3\n", ".target sm_90a\n", ".align 1024 .b8", ".maxntid 384,"], part => Assert.Contains(part, text));
        var sums = string.Join(", ", Enumerable.Range(0, 128).Select(i => $"sum{i}"));
        var product = $@"wgmma\.mma_async\.sync\.aligned\.m64n256{types} \{{{sums}\}}, left, right, adds, {flags}; ";
        var next = "add.s64 left, left, 2; add.s64 right, right, 2; ";
        var end = @"wgmma\.commit_group\.sync\.aligned; wgmma\.wait_group\.sync\.aligned 1;";
        var begin = @"setp\.ne\.s32 adds, %r\d+, 0; wgmma\.fence\.sync\.aligned; ";
        Assert.Matches($@"{begin}{product}{next}setp\.eq\.u32 adds, high, high; ({product}{next}){{2}}{product}{end}", text);
        (string Word, int Times)[] expected =
        [
            ("wgmma.mma_async", 4), ("cp.async.bulk.tensor.3d", 2), ("mbarrier.arrive.expect_tx", 1), ("mbarrier.try_wait.parity", 2),
            ("fence.proxy.tensormap", 2), ("setmaxnreg", 2), ("bar.sync\t0;", 1), (", 128;", 4), ("st.global.v4.f32", 1), ("sum127", 6),
            (".local", 0),
        ];
        Assert.All(expected, word => Assert.Equal(word.Times, Count(text, word.Word)));
    }

    /// <summary>
    /// The same where all threads copy: one barrier a step, and three about what is finished, which passes through shared memory in four parts.
    /// </summary>
    [Theory]
    [InlineData(Precision.Tf32)]
    [InlineData(Precision.BFloat16)]
    public void Broad_tiles_are_the_instructions_that_they_should_be(Precision precision)
    {
        var text = TileText(Card(WarpGroupUse.On), precision);
        Assert.All([".target sm_90a\n", ".align 1024 .b8", ".maxntid 256,"], part => Assert.Contains(part, text));
        (string Word, int Times)[] expected =
        [
            ("wgmma.mma_async.sync.aligned.m64n256", 4), ("wgmma.wait_group.sync.aligned 1", 1), ("cp.async.cg.shared.global", 3 * 12),
            ("cp.async.wait_group 1", 2), ("fence.proxy.async", 2), ("bar.sync\t0;", 4), ("st.global.v4.f32", 1), ("sum127", 6),
            ("mbarrier", 0), (".local", 0),
        ];
        Assert.All(expected, word => Assert.Equal(word.Times, Count(text, word.Word)));
    }

    /// <summary>Cards of compute capability 9.0 multiply by groups of warps unless it is said otherwise, and what imitates a card does not.</summary>
    [Fact]
    public void Groups_of_warps_are_taken_where_a_card_has_them()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("MAGEDSL_WGMMA") is null or "", "MAGEDSL_WGMMA is set");
        Assert.Equal(WarpGroupUse.On, GpuTraits.WantedWarpGroups(WarpGroupUse.On));
        Assert.False(GpuTests.Open("ilgpu").Traits.HasWarpGroups);
    }

    /// <summary>The same of float32 on tensor cores.</summary>
    [Fact]
    public void Floats_are_split_where_a_card_is_faster_so()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("MAGEDSL_FLOAT32") is null or "", "MAGEDSL_FLOAT32 is set");
        Assert.Equal([false, true], new[] { false, true }.Select(GpuTraits.WantedSplits));
        Assert.False(GpuTests.Open("ilgpu").Traits.SplitsFloats);
    }

    /// <summary>What is packed is read by fours, and written in chunks of 16 bytes.</summary>
    [Theory]
    [InlineData(Precision.Tf32, 1, "cvt.rna.tf32.f32")]
    [InlineData(Precision.BFloat16, 2, "cvt.rn.bf16x2.f32")]
    public void Operands_are_packed_by_the_instructions_that_they_should_be(Precision precision, int loads, string convert)
    {
        var types = new GpuLaunched(CudaKind.Card, precision).Of(typeof(ProductStage<float, Float32>)).ToArray();
        Assert.Equal(3, types.Length);
        Assert.All(types[..2].Select(IlgpuTests.Ptx), text =>
        {
            Assert.Equal(loads, text.Split("ld.global.v4.f32").Length - 1);
            Assert.Equal(4, text.Split(convert).Length - 1);
            Assert.Contains("st.global.v4", text);
            Assert.DoesNotContain(".local", text);
        });
    }

    [Fact]
    public void Words_are_rounded_as_the_instructions_round()
    {
        Assert.Equal(0x3F800000u, TensorCores.RoundTf32(1.00048f));
        Assert.Equal(0x3F802000u, TensorCores.RoundTf32(1.0004883f)); // half way: away from zero
        Assert.Equal(0x3F803F80u, TensorCores.RoundBFloat16(1.00390625f - 0, 1.0019f) & 0xFFFF0000u | 0x3F80u);
        Assert.Equal(0x00003F80u, TensorCores.RoundBFloat16(1.00390625f, 0)); // half way: to even
        Assert.Equal(0x00003F82u, TensorCores.RoundBFloat16(1.01171875f, 0));
        Assert.Equal(0x7F80FF80u, TensorCores.RoundBFloat16(float.NegativeInfinity, float.MaxValue));
        Assert.True(float.IsNaN(BitConverter.UInt32BitsToSingle(TensorCores.RoundBFloat16(float.NaN, 0) << 16)));
    }

    private static string TileText(GpuTraits traits, Precision precision) =>
        IlgpuTests.Ptx(new GpuLaunched(traits, precision).Of(typeof(ProductStage<float, Float32>)).Last());

    private static GpuTraits Card(WarpGroupUse use) => (CudaKind.Card with { BusyGroups = 8 * H200 }).With(use, H200);

    private static GpuDevice Broad()
    {
        var usual = GpuTests.Open("ilgpu");
        return new GpuDevice("ilgpu", usual.Traits with { HasWarpGroups = true, WideGroups = 2 }, usual.Accelerator);
    }

    private static GpuDevice WithWarpGroups()
    {
        var usual = GpuTests.Open("ilgpu");
        return new GpuDevice("ilgpu", usual.Traits with { HasWarpGroups = true, SplitsFloats = true }, usual.Accelerator);
    }

    private static int Count(string text, string word) => text.Split(word).Length - 1;

    private static float[] Linear(Device device)
    {
        using var scope = new TensorScope(device);
        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(i => MathF.Sin(1 + i))];
        return Layers.Projections.Linear(Tensor.From(Draw(6 * 40), 6, 40), Tensor.From(Draw(9 * 40), 9, 40), Tensor.From(Draw(9), 9))
            .ToArray<float>();
    }

    private static void Check<T, S>(
        GpuDevice device, string way, ProductSizes sizes, int layout, double tolerance, bool leftVaries = true, bool rightVaries = true,
        ProductPlan? plan = null)
        where T : unmanaged
        where S : struct, IScalar<T>
    {
        using var scope = new TensorScope(device);
        var (batch, m, n, k) = sizes;
        var (leftItem, rightItem) = (leftVaries ? m * k : 0, rightVaries ? k * n : 0);
        double[] x = Draw(1, leftVaries ? batch * m * k : m * k), y = Draw(2, rightVaries ? batch * k * n : k * n);
        var z = Tensor.Full(ElementTypes.Of<T>(), double.NaN, batch, m, n);
        bool leftAlongK = (layout & 1) != 0, rightAlongK = layout >> 1 != 0;
        var stage = new ProductStage<T, S>
        {
            X = View(x), Y = View(y), Z = z.GpuView<T>(device), M = m, N = n, LeftItem = leftItem, RightItem = rightItem,
            LeftOwn = leftAlongK ? k : 1, LeftTerm = leftAlongK ? 1 : m, RightOwn = rightAlongK ? k : 1, RightTerm = rightAlongK ? 1 : n,
        };
        var form = new GpuProductForm(
            new(leftAlongK, (leftAlongK ? k : m) % 4 == 0, false, leftVaries),
            new(rightAlongK, (rightAlongK ? k : n) % 4 == 0, false, rightVaries), n % 4 == 0);
        var left = plan is { PacksLeft: false, IsPacked: true } ? Matrix(x, stage.X, leftItem, leftAlongK ? k : m) : default;
        var right = plan is { PacksRight: false, IsPacked: true } ? Matrix(y, stage.Y, rightItem, rightAlongK ? k : n) : default;
        GpuGemm.Run<ProductStage<T, S>, T, S>(device, stage, sizes, form, plan ?? Plan(device, way, sizes), left, right);
        var results = z.Cast(ElementType.Float64).ToArray<double>();
        for (var i = 0; i < results.Length; i++)
        {
            int item = i / (m * n), row = i / n % m, column = i % n;
            double sum = 0;
            for (var t = 0; t < k; t++)
            {
                var a = x[(item * leftItem) + (leftAlongK ? (row * k) + t : (t * m) + row)];
                var b = y[(item * rightItem) + (rightAlongK ? (column * k) + t : (t * n) + column)];
                sum += Rounded(way, a) * Rounded(way, b);
            }
            Assert.True(Math.Abs(results[i] - (2 * sum)) <= tolerance, $"{way}, {sizes}, layout {layout}: {results[i]} at {i}, not {2 * sum}");
        }

        GpuMatrix Matrix(double[] values, ArrayView<T> floats, int item, int row)
        {
            if (way == "float32") return GpuMatrix.Of(floats, item, row);
            int[] pairs = [.. values.Chunk(2).Select(pair => (int)TensorCores.RoundBFloat16((float)pair[0], (float)pair[1]))];
            return GpuMatrix.Of(Tensor.From(pairs).GpuShortView<BFloat16>(device), item, row);
        }

        ArrayView<T> View(double[] values) => values.Length == 0 ? ArrayView<T>.Empty
            : Tensor.From([.. values.Select(v => (float)v)], values.Length).Cast(ElementTypes.Of<T>()).GpuView<T>(device);
    }

    private static double[] Draw(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (double)((2 * random.NextSingle()) - 1))];
    }

    private static ProductPlan Plan(GpuDevice device, string way, ProductSizes sizes)
    {
        var shares = sizes.Terms == 0 ? 1 : way.Contains(',', StringComparison.Ordinal) ? way[^8] - '0' : 1;
        var packs = way.StartsWith("packed", StringComparison.Ordinal);
        var tile = Tile(device, way);
        return new ProductPlan(tile, shares, packs, packs, packs && tile.IsOnTensorCores);
    }

    private static ProductTile Tile(GpuDevice device, string way) => Core(way).Split(',')[0] switch
    {
        "small" => ProductTile.Small(device.GroupSize),
        "large" => ProductTile.Large,
        var precision => ProductTile.Tensor(Precisions.Parse(precision)),
    };

    private static string Core(string way) => way.Replace("packed ", "", StringComparison.Ordinal);

    private static double Rounded(string way, double value) => Core(way)[0] switch
    {
        't' => BitConverter.UInt32BitsToSingle(TensorCores.RoundTf32((float)value)),
        'b' => BitConverter.UInt32BitsToSingle(TensorCores.RoundBFloat16(0, (float)value)),
        _ => value,
    };
}
