using System.Numerics.Tensors;
using MageDsl;
using MageDsl.Layers;
using Tensor = MageDsl.Tensor;

namespace Bench.Kernels;

/// <summary>The attention half of a transformer block of ViT-B: 4 images of 257 tokens, 768 wide, 12 heads, without dropout.</summary>
internal sealed class SelfAttentionCase : KernelCase
{
    private const int Tokens = 257;
    private const int Width = 768;
    private const int Heads = 12;
    private const int Channels = Width / Heads;
    private readonly Tensor x, normWeight, normBias, qkvWeight, qkvBias, projWeight, projBias;
    private readonly Tensor statistics, centered, normed, qkv, scores, attended;

    public SelfAttentionCase()
    {
        x = Input(1, Rows, Tokens, Width);
        normWeight = Input(1, Width);
        normBias = Input(1, Width);
        qkvWeight = Input(0.06f, 3 * Width, Width);
        qkvBias = Input(1, 3 * Width);
        projWeight = Input(0.06f, Width, Width);
        projBias = Input(1, Width);
        statistics = Buffer(Rows, Heads * Tokens);
        centered = Buffer(Rows, Tokens, Width);
        normed = Buffer(Rows, Tokens, Width);
        qkv = Buffer(Rows, Tokens, 3 * Width);
        scores = Buffer(Rows, Heads, Tokens, Tokens);
        attended = Buffer(Rows, Tokens, Width);
        Result = Buffer(Rows, Tokens, Width);
    }

    public override string Name => $"self-attention B={Rows} T={Tokens} d={Width} h={Heads}";

    public override long LeastBytes => sizeof(float) * (2L * Rows * Tokens * Width + 4L * Width * Width);

    protected override int Rows => 4;

    protected override Tensor Result { get; }

    protected override Tensor[] Differentiated => [x, normWeight, normBias, qkvWeight, qkvBias, projWeight, projBias];

    protected override Tensor Launch(bool fused) => fused
        ? Attention.SelfAttention(x, normWeight, normBias, qkvWeight, qkvBias, projWeight, projBias, Heads)
        : UnfusedAttention.SelfAttention(x, normWeight, normBias, qkvWeight, qkvBias, projWeight, projBias, Heads);

    protected override void Pass(int first, int rows, int part)
    {
        var stream = Part(x, first, rows);
        var values = Part(normed, first, rows);
        var all = Part(qkv, first, rows);
        var weights = Part(scores, first, rows);
        var heads = Part(attended, first, rows);
        var result = Part(Result, first, rows);
        Kernels.OpByOp.LayerNorm(
            stream, normWeight.Span<float>(), normBias.Span<float>(),
            Part(statistics, first, rows)[..(rows * Tokens)], Part(centered, first, rows), values);
        Products.TimesTransposed(rows * Tokens, 3 * Width, Width, values, Width, qkvWeight.Span<float>(), Width, all, 3 * Width);
        Kernels.OpByOp.AddBias(all, qkvBias.Span<float>(), all);
        for (var head = 0; head < rows * Heads; head++)
        {
            var start = Start(head);
            Products.TimesTransposed(
                Tokens, Tokens, Channels, all[start..], 3 * Width, all[(start + Width)..], 3 * Width, weights[(head * Tokens * Tokens)..], Tokens);
        }
        TensorPrimitives.Multiply(weights, 1 / MathF.Sqrt(Channels), weights);
        Kernels.OpByOp.Softmax(weights, Tokens, Part(statistics, first, rows), weights);
        for (var head = 0; head < rows * Heads; head++)
        {
            Products.Times(
                Tokens, Channels, Tokens, weights[(head * Tokens * Tokens)..], Tokens, all[(Start(head) + 2 * Width)..], 3 * Width,
                heads[(head / Heads * Tokens * Width + head % Heads * Channels)..], Width);
        }
        Products.TimesTransposed(rows * Tokens, Width, Width, heads, Width, projWeight.Span<float>(), Width, result, Width);
        Kernels.OpByOp.AddBias(result, projBias.Span<float>(), result);
        TensorPrimitives.Add(result, stream, result);
    }

    /// <summary>Where the queries of a head begin; its keys and values follow a width further each.</summary>
    private static int Start(int head) => head / Heads * Tokens * 3 * Width + head % Heads * Channels;
}

/// <inheritdoc cref="SelfAttentionCase"/>
public class SelfAttentionBenchmarks : KernelBenchmarks
{
    private protected override KernelCase Create() => new SelfAttentionCase();
}
