using System.Reflection;
using ILGPU;
using ILGPU.IR;
using ILGPU.IR.Transformations;
using ILGPU.IR.Values;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// Reads fields where the structure that has them comes from, and each once. Where ILGPU takes structures apart it looks for a field from the block
/// where it is read back to that one, through all loops and branches between, which was half of the time that large kernels took to compile.
/// </summary>
internal sealed class EarlyFields : UnorderedTransformation
{
    private static readonly FieldInfo OfContext = typeof(Context).GetField(
        "<ContextTransformer>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic)
        ?? throw new MissingFieldException(nameof(Context), "ContextTransformer");

    /// <summary>Lets a context do this before it takes structures apart.</summary>
    public static void AddTo(Context context)
        => OfContext.SetValue(context, Before((Transformer)OfContext.GetValue(context)!));

    /// <summary>The same transformations, and this one where it is of use.</summary>
    public static Transformer Before(Transformer transformer) => Transformer.Create(
        transformer.Configuration, [.. transformer.Transformations.SelectMany(With)]);

    private static IEnumerable<Transformation> With(Transformation transformation)
        => transformation is LowerStructures ? [new EarlyFields(), transformation] : [transformation];

    /// <inheritdoc/>
    protected override bool PerformTransformation(Method.Builder builder)
    {
        var fields = new List<GetField>();
        foreach (var block in builder.SourceBlocks)
        {
            foreach (Value value in block)
            {
                if (value is GetField field) fields.Add(field);
            }
        }

        // A field of a field comes after it, and finds it where it was moved to.
        var first = new Dictionary<(Value, FieldSpan), GetField>();
        foreach (var field in fields)
        {
            var structure = field.ObjectValue.Resolve();
            var source = structure is ILGPU.IR.Values.Parameter ? builder.EntryBlock : structure.BasicBlock;
            if (source == field.BasicBlock) continue;
            if (first.TryGetValue((structure, field.FieldSpan), out var same))
            {
                field.Replace(same);
                builder[field.BasicBlock].Remove(field);
            }
            else
            {
                builder[source].AddFromOtherBlock(field);
                first.Add((structure, field.FieldSpan), field);
            }
        }

        return true;
    }
}
