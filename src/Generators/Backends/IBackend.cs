using MageDsl.Generators.Analysis;
using MageDsl.Generators.Scheduling;

namespace MageDsl.Generators.Backends;

/// <summary>Prints the plans of kernels for one kind of device.</summary>
internal interface IBackend
{
    /// <summary>What plans for it are to be made for.</summary>
    Target Target { get; }

    /// <summary>The class that launches one of them.</summary>
    LaunchClass Launches(KernelPlan plan);

    /// <summary>Begins with the code of one kernel.</summary>
    IKernelCode Kernel();
}

/// <summary>The code of one kernel: its programs, in order, share what comes out equal.</summary>
internal interface IKernelCode
{
    /// <summary>Prints a program.</summary>
    ProgramCode Add(ProgramPlan plan);

    /// <summary>The types that the programs launch.</summary>
    string Types { get; }
}
