using Xunit;

namespace MageDsl.Tests.Autograd;

public class ModuleTests
{
    private sealed class Layer : Module
    {
        public Layer(int size, bool bias = true)
        {
            Weight = Add("weight", Tensor.Full(ElementType.Float32, 1, size, size));
            Bias = bias ? Add("bias", Tensor.Zeros(ElementType.Float32, size)) : null;
        }

        public Parameter Weight { get; }

        public Parameter? Bias { get; }
    }

    private sealed class Block : Module
    {
        public Block(int size)
        {
            First = Child("fc1", new Layer(size));
            Second = Child("fc2", new Layer(size, bias: false));
        }

        public Layer First { get; }

        public Layer Second { get; }
    }

    private sealed class Model : Module
    {
        public Model(int size = 2)
        {
            Position = Add("pos_embed", Tensor.Zeros(ElementType.Float32, 1, size), requiresGrad: false);
            Blocks = Child("blocks", new ModuleList<Block>([new Block(size), new Block(size)]));
            Head = Add("head.bias", Tensor.Zeros(ElementType.Float32, 3));
        }

        public Parameter Position { get; }

        public ModuleList<Block> Blocks { get; }

        public Parameter Head { get; }
    }

    private sealed class Clashing : Module
    {
        public Clashing()
        {
            Add("x", Tensor.From([1f]));
            Add("x", Tensor.From([1f]));
        }
    }

    private sealed class Holder : Module
    {
        public Holder(params Module[] modules)
        {
            foreach (var module in modules)
            {
                Child($"part{Array.IndexOf(modules, module)}_{modules.Length}", module);
            }
        }

        public void AddLate() => Add("late", Tensor.From([1f]));
    }

    private static Dictionary<string, Tensor> Copy(Module module)
        => module.StateDict().ToDictionary(pair => pair.Key, pair => pair.Value.Clone());

    [Fact]
    public void Keys_are_dotted_and_in_the_order_of_definition()
    {
        var model = new Model();
        Assert.Equal(
            [
                "pos_embed", "blocks.0.fc1.weight", "blocks.0.fc1.bias", "blocks.0.fc2.weight",
                "blocks.1.fc1.weight", "blocks.1.fc1.bias", "blocks.1.fc2.weight", "head.bias",
            ],
            model.StateDict().Keys);
        Assert.Equal(model.StateDict().Keys, model.Parameters().Select(parameter => parameter.Name));
        Assert.Equal("blocks.1.fc1.bias", model.Blocks[1].First.Bias!.Value.Name);
        Assert.Equal(2, model.Blocks.Count);
        Assert.Equal(2, model.Blocks.Count());
    }

    [Fact]
    public void A_state_dict_holds_the_live_values()
    {
        var model = new Model();
        Assert.Same(model.Head.Value, model.StateDict()["head.bias"]);
    }

    [Fact]
    public void Loading_copies_into_the_same_memory()
    {
        using var scope = new TensorScope();
        var model = new Model();
        var state = Copy(model);
        state["head.bias"] = Tensor.From([1f, 2, 3]);
        state["blocks.0.fc1.bias"] = Tensor.From([0.5, 0.25]); // doubles are converted
        var head = model.Head.Value;
        var result = model.LoadStateDict(state);
        Assert.Same(head, model.Head.Value);
        Assert.Equal([1f, 2, 3], head.ToArray<float>());
        Assert.Equal([0.5f, 0.25f], model.Blocks[0].First.Bias!.Value.ToArray<float>());
        Assert.Empty(result.Missing);
        Assert.Empty(result.Unexpected);
    }

    [Fact]
    public void One_error_lists_everything_that_does_not_fit()
    {
        using var scope = new TensorScope();
        var model = new Model();
        var state = Copy(model);
        state.Remove("pos_embed");
        state["extra"] = Tensor.From([1f, 2]);
        state["head.bias"] = Tensor.Zeros(ElementType.Float32, 3, 1);
        state["blocks.0.fc1.bias"] = Tensor.From([1, 2]);
        state["blocks.1.fc1.bias"].Fill(9);
        var message = Assert.Throws<CheckpointException>(() => model.LoadStateDict(state)).Message;
        Assert.Equal(
            "the checkpoint does not fit Model: missing 1 key: pos_embed [1, 2]; unexpected 1 key: extra [2]; mismatching 2 keys: "
            + "blocks.0.fc1.bias (expected Float32 [2], found Int32 [2]), head.bias (expected Float32 [3], found Float32 [3, 1])",
            message);
        Assert.Equal([0f, 0f], model.Blocks[1].First.Bias!.Value.ToArray<float>()); // nothing was changed
    }

    [Fact]
    public void Loading_that_is_not_strict_reports_instead()
    {
        using var scope = new TensorScope();
        var model = new Model();
        var result = model.LoadStateDict(
            new Dictionary<string, Tensor> { ["head.bias"] = Tensor.From([1f, 2, 3]), ["other"] = Tensor.From([1f]) }, strict: false);
        Assert.Equal(["other"], result.Unexpected);
        Assert.Equal(7, result.Missing.Count);
        Assert.Equal([1f, 2, 3], model.Head.Value.ToArray<float>());
    }

    [Fact]
    public void Another_shape_is_an_error_even_if_not_strict()
    {
        using var scope = new TensorScope();
        var state = new Dictionary<string, Tensor> { ["head.bias"] = Tensor.From([1f]) };
        Assert.Contains("head.bias", Assert.Throws<CheckpointException>(() => new Model().LoadStateDict(state, strict: false)).Message);
    }

    [Fact]
    public void Long_lists_are_cut()
    {
        var modules = Enumerable.Range(0, 12).Select(_ => new Layer(1, bias: false));
        var list = new ModuleList<Layer>(modules);
        var message = Assert.Throws<CheckpointException>(() => list.LoadStateDict(new Dictionary<string, Tensor>())).Message;
        Assert.Contains("missing 12 keys", message);
        Assert.Contains("and 4 more", message);
    }

    [Fact]
    public void Two_members_of_one_name_are_refused() => Assert.Throws<ArgumentException>(() => new Clashing());

    [Fact]
    public void A_module_has_one_parent()
    {
        var layer = new Layer(1);
        var holder = new Holder(layer);
        Assert.Throws<InvalidOperationException>(() => new Holder(layer));
        Assert.Equal("part0_1.weight", layer.Weight.Name);
        _ = new Holder(holder);
        Assert.Equal("part0_1.part0_1.weight", layer.Weight.Name);
        Assert.Throws<InvalidOperationException>(holder.AddLate);
    }

    [Fact]
    public void A_tensor_is_the_value_of_one_parameter()
    {
        var parameter = new Parameter("p", Tensor.From([1f]));
        Assert.Throws<ArgumentException>(() => new Parameter("q", parameter.Value));
    }

    [Fact]
    public void Freezing_stops_tracking_and_buffers_never_train()
    {
        var model = new Model();
        Assert.False(model.Position.RequiresGrad);
        model.RequireGradients(false);
        using var tape = new GradientTape();
        Assert.False(GradientTape.IsRecording(model.Head));
        model.Head.RequiresGrad = true;
        Assert.True(GradientTape.IsRecording(model.Head));
    }

    [Fact]
    public void Gradients_can_be_cleared()
    {
        using var scope = new TensorScope();
        var model = new Model();
        model.Head.Gradient = Tensor.From([1f, 2, 3]);
        model.ClearGradients();
        Assert.Null(model.Head.Gradient);
    }

    [Fact]
    public void A_parameter_is_found_by_its_key()
    {
        using var model = new Model();
        Assert.Same(model.Head, model.GetParameter("head.bias"));
        Assert.Equal("blocks.1.fc2.weight", model.GetParameter("blocks.1.fc2.weight").Name);
        var error = Assert.Throws<KeyNotFoundException>(() => model.GetParameter("blocks.2.fc1.bias"));
        Assert.Contains("Model has no parameter 'blocks.2.fc1.bias'", error.Message);
        Assert.Contains("blocks.1.fc1.bias", error.Message);
    }

    [Fact]
    public void Disposing_gives_all_memory_back()
    {
        var model = new Model();
        model.Head.Gradient = Tensor.Zeros(ElementType.Float32, 3);
        var gradient = model.Head.Gradient;
        model.Dispose();
        Assert.All(model.Parameters(), parameter => Assert.True(parameter.Value.IsDisposed));
        Assert.True(gradient.IsDisposed);
    }

    [Fact]
    public void A_model_goes_through_a_file()
    {
        using var scope = new TensorScope();
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            Model model = new(), other = new();
            model.Head.Value.Fill(4);
            Safetensors.Write(path, model.StateDict());
            other.LoadStateDict(Safetensors.Read(path).Tensors);
            Assert.Equal([4f, 4, 4], other.Head.Value.ToArray<float>());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
