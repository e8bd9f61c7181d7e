using ILGPU.Runtime.Cuda;

namespace MageDsl.Devices.Gpu;

/// <summary>A mark in the work of a card: an event of the driver's.</summary>
internal sealed class CudaMark : IStreamMark
{
    private readonly CudaStream stream;
    private readonly nint handle;

    /// <summary>A mark in a stream.</summary>
    public CudaMark(CudaStream stream)
    {
        this.stream = stream;
        stream.Accelerator.Bind();
        CudaException.ThrowIfFailed(CudaAPI.CurrentAPI.CreateEvent(out handle, CudaEventFlags.CU_EVENT_DISABLE_TIMING));
    }

    /// <inheritdoc/>
    public void Set()
    {
        stream.Accelerator.Bind();
        CudaException.ThrowIfFailed(CudaAPI.CurrentAPI.RecordEvent(handle, stream.StreamPtr));
    }

    /// <inheritdoc/>
    public void Wait() => CudaException.ThrowIfFailed(CudaAPI.CurrentAPI.SynchronizeEvent(handle));
}
