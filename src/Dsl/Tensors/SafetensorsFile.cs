namespace MageDsl;

/// <summary>What a safetensors file holds.</summary>
/// <param name="Tensors">By key, in the order of the data in the file; they belong to the scope that was current when the file was read.</param>
/// <param name="Metadata">The free text entries of the header.</param>
public sealed record SafetensorsFile(IReadOnlyDictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Metadata);
