using System.Collections.Generic;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Cpu;

/// <summary>Prints lowered stages as C# structs over vectors.</summary>
internal static class CpuBackend
{
    public static StageCode Print(LoweredStage stage, string name) =>
        stage is LoweredLoop loop ? LoopTemplate.Print(loop, name) : ContractionTemplate.Print((LoweredContraction)stage, name);

    /// <param name="block">A row block.</param>
    /// <param name="parts">The code of its parts, under the names that they go by.</param>
    /// <param name="name">The struct's name.</param>
    public static StageCode Print(LoweredBlock block, IReadOnlyList<StageCode> parts, string name) => RowBlockTemplate.Print(block, parts, name);
}
