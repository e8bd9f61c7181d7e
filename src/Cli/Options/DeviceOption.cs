using System.CommandLine;
using MageDsl.Devices;

namespace Mage.Cli.Options;

/// <summary><c>--device</c>, of every command that computes.</summary>
internal static class DeviceOption
{
    /// <summary>The option.</summary>
    public static Option<string?> Create() => new("--device")
    {
        Description = $"What to run on: {string.Join(", ", Device.Kinds.Select(kind => kind.Name))}, or auto for the fastest "
            + $"[default: what {Device.Variable} names, or cpu]",
        HelpName = "NAME",
    };

    /// <summary>Lets everything that follows run on the device that the line names, or else on the default one, before any work is done.</summary>
    /// <exception cref="DeviceException">There is no such device.</exception>
    public static void Apply(ParseResult parse, Option<string?> option)
        => Device.Default = parse.GetValue(option) is { } name ? Device.Open(name) : Device.Default;
}
