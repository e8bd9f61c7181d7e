using System.ComponentModel;

namespace MageDsl.Devices.Gpu;

/// <summary>How the elements of an operand lie, and what they take.</summary>
/// <param name="IsAlongK">Whether they lie densely along k, rather than along the operand's own axis.</param>
/// <param name="IsFour">Whether four neighbours can be read at once, from multiples of four on.</param>
/// <param name="IsCostly">Whether something costly is computed of what is read.</param>
/// <param name="VariesByItem">Whether each item of the batch has others.</param>
/// <param name="IsShort">
/// Whether it is read as it is from what a device keeps in 16 bits, or may keep, as it does weights, where each item is a matrix: see
/// <see cref="GpuMatrix"/>.
/// </param>
/// <param name="IsMatrix">Whether it is read as it is, and each item is a matrix, in however many bits.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct GpuOperandForm(
    bool IsAlongK, bool IsFour, bool IsCostly, bool VariesByItem, bool IsShort = false, bool IsMatrix = false);

/// <summary>The forms of a product's operands and results.</summary>
/// <param name="Left">The left operand.</param>
/// <param name="Right">The right one.</param>
/// <param name="StoreFours">Whether sums of a row can be finished by fours, from multiples of four on.</param>
/// <param name="ReadsElements">Whether something is read for each of them when it is finished.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct GpuProductForm(GpuOperandForm Left, GpuOperandForm Right, bool StoreFours, bool ReadsElements = false)
{
    /// <summary>The same, taken one by one.</summary>
    internal GpuProductForm OneByOne => this with { Left = Left with { IsFour = false }, Right = Right with { IsFour = false }, StoreFours = false };
}
