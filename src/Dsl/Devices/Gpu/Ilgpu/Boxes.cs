using System.Runtime.CompilerServices;
using ILGPU.IR.Intrinsics;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// Copies of boxes of a matrix by the copy engine (TMA) of cards of compute capability 9.0 on, and what waits for them: barriers in the group's
/// memory (<c>mbarrier</c>), which have phases, 0 and 1 in turn. A phase is complete when as many have arrived as were to and all bytes that were
/// expected are there. The bodies do the same for threads of the processor.
/// </summary>
internal static class Boxes
{
    /// <summary>Bytes of a box's row.</summary>
    public const int RowBytes = 128;

    // Of what imitates a card; its groups run one after another.
    private static readonly object Gate = new();

    /// <summary>Makes a barrier that so many arrive at.</summary>
    [IntrinsicImplementation]
    [Instruction("mbarrier.init.shared::cta.b64 [%s0], %1")]
    public static void Initialize(ref Quad<uint> barrier, int count) => barrier = new((uint)count, (uint)count, 0, 0);

    /// <summary>Lets all that follows a barrier of the group see those that this thread has made.</summary>
    [IntrinsicImplementation]
    [Instruction("fence.mbarrier_init.release.cluster; fence.proxy.async.shared::cta")]
    public static void ShowBarriers()
    {
    }

    /// <summary>Arrives, and says how many bytes the phase waits for.</summary>
    [IntrinsicImplementation]
    [Instruction("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%s0], %1")]
    public static void Expect(ref Quad<uint> barrier, int bytes)
    {
        lock (Gate)
        {
            barrier.Z += (uint)bytes;
            barrier.Y--;
            EndPhase(ref barrier);
        }
    }

    /// <summary>Arrives.</summary>
    [IntrinsicImplementation]
    [Instruction("mbarrier.arrive.shared::cta.b64 _, [%s0]")]
    public static void Arrive(ref Quad<uint> barrier) => Expect(ref barrier, 0);

    /// <summary>Waits until a phase is complete: not at all, if the one that goes on is the other.</summary>
    [IntrinsicImplementation]
    [Instruction(".reg .pred done; AGAIN: mbarrier.try_wait.parity.shared::cta.b64 done, [%s0], %1; @!done bra AGAIN")]
    public static void Wait(ref Quad<uint> barrier, int phase)
    {
        lock (Gate)
        {
            while (barrier.W == phase) Monitor.Wait(Gate);
        }
    }

    /// <summary>Forgets what the copy engine remembers of a map that was at this place before.</summary>
    [IntrinsicImplementation]
    [Instruction("fence.proxy.tensormap::generic.acquire.gpu [%q0], 128")]
    public static void Acquire(ref Quad<uint> map)
    {
    }

    /// <summary>
    /// Copies a box, from numbers of 16 bits on, and counts its bytes at a barrier, later. Rows follow each other, and their chunks change places, as
    /// <see cref="WarpGroups"/> wants it; what is beyond the matrix is 0.
    /// </summary>
    /// <param name="to">Where to, in the group's memory: a multiple of 1024.</param>
    /// <param name="map">A <see cref="BoxMap"/>, in the device's memory.</param>
    /// <param name="number">The first number of its rows.</param>
    /// <param name="row">The first row.</param>
    /// <param name="item">The item.</param>
    /// <param name="barrier">Where the bytes are counted.</param>
    [IntrinsicImplementation]
    [Instruction("cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes [%s0], [%q1, {%2, %3, %4}], [%s5]")]
    public static void Copy(ref Quad<uint> to, ref Quad<uint> map, int number, int row, int item, ref Quad<uint> barrier)
    {
        var from = Unsafe.As<Quad<uint>, PlainMap>(ref map);
        from.Copy(ref to, number, row, item);
        lock (Gate)
        {
            barrier.Z -= (uint)(RowBytes * from.BoxRows);
            EndPhase(ref barrier);
        }
    }

    /// <summary>Waits for four warps of a group, those who meet at this place.</summary>
    /// <param name="place">16 bytes of the group's memory, 0 at first.</param>
    /// <param name="number">A number from 1 to 15 that nobody else has.</param>
    [IntrinsicImplementation]
    [Instruction("bar.sync %1, 128")]
    public static void MeetFour(ref Quad<uint> place, int number)
    {
        lock (Gate)
        {
            var turn = place.W;
            if (++place.Y == 128)
            {
                (place.Y, place.W) = (0, turn + 1);
                Monitor.PulseAll(Gate);
            }
            while (place.W == turn) Monitor.Wait(Gate);
        }
    }

    /// <summary>Leaves most registers of these four warps to others.</summary>
    [IntrinsicImplementation]
    [Instruction("setmaxnreg.dec.sync.aligned.u32 40")]
    public static void TakeFewRegisters()
    {
    }

    /// <summary>Takes those that others have left.</summary>
    [IntrinsicImplementation]
    [Instruction("setmaxnreg.inc.sync.aligned.u32 232")]
    public static void TakeManyRegisters()
    {
    }

    private static void EndPhase(ref Quad<uint> barrier)
    {
        if (barrier.Y != 0 || barrier.Z != 0) return;
        (barrier.Y, barrier.W) = (barrier.X, 1 - barrier.W);
        Monitor.PulseAll(Gate);
    }
}
