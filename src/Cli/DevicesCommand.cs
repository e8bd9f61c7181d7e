using System.CommandLine;
using Mage.Cli.Output;
using MageDsl.Devices.Cpu;

namespace Mage.Cli;

/// <summary><c>mage-dsl devices</c>.</summary>
internal static class DevicesCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("devices");
        command.SetAction(parse =>
        {
            new CommandConsole(parse.InvocationConfiguration.Output).Table(
                "Devices",
                ["device", "state"],
                ["cpu", $"{Environment.ProcessorCount} cores, {Simd.Width}-bit vectors, {WorkerPool.Shared.Threads} threads"],
                ["opencl", "not in this version"],
                ["cuda", "not in this version"],
                ["ilgpu", "not in this version"]);
            return 0;
        });
        return command;
    }
}
