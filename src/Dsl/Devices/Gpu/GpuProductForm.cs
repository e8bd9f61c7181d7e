using System.ComponentModel;

namespace MageDsl.Devices.Gpu;

/// <summary>How the operands of a product lie, and what of it can be taken four neighbours at once, from multiples of four on.</summary>
/// <param name="LeftAlongK">Whether the left operand lies densely along k, rather than along its rows.</param>
/// <param name="RightAlongK">Whether the right one does, rather than along its columns.</param>
/// <param name="LeftFours">Whether the left operand can be read by fours.</param>
/// <param name="RightFours">Whether the right one can.</param>
/// <param name="StoreFours">Whether sums of a row can be finished by fours.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct GpuProductForm(bool LeftAlongK, bool RightAlongK, bool LeftFours, bool RightFours, bool StoreFours)
{
    /// <summary>The same, taken one by one.</summary>
    internal GpuProductForm OneByOne => new(LeftAlongK, RightAlongK, false, false, false);
}
