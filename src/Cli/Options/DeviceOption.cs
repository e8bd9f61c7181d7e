using System.CommandLine;
using MageDsl.Devices;

namespace Mage.Cli.Options;

/// <summary><c>--device</c>, of every command that computes, and <c>--precision</c>, of those that multiply much.</summary>
internal static class DeviceOption
{
    /// <summary>The option.</summary>
    public static Option<string?> Create() => new("--device")
    {
        Description = $"What to run on: {string.Join(", ", Device.Kinds.Select(kind => kind.Name))}, or auto for the fastest "
            + $"[default: what {Device.Variable} names, or cpu]",
        HelpName = "NAME",
    };

    /// <summary>In what to multiply.</summary>
    public static Option<string?> CreatePrecision() => new("--precision")
    {
        Description = $"In what a device multiplies matrices: {string.Join(", ", Precisions.Names)} "
            + $"[default: what {Device.PrecisionVariable} names, or float32]",
        HelpName = "NAME",
    };

    /// <summary>Lets everything that follows run on the device that the line names, or else on the default one, before any work is done.</summary>
    /// <exception cref="DeviceException">There is no such device, or it cannot compute so.</exception>
    public static void Apply(ParseResult parse, Option<string?> option, Option<string?>? precision = null)
    {
        var device = parse.GetValue(option) is { } name ? Device.Open(name) : Device.Default;
        if (Asked(parse, precision) is { } asked) device.Precision = asked;
        Device.Default = device;
    }

    /// <summary>In what the line, or else the environment, says to multiply; null if neither does.</summary>
    /// <exception cref="DeviceException">It says something else.</exception>
    public static Precision? Asked(ParseResult parse, Option<string?>? precision)
    {
        var asked = (precision is null ? null : parse.GetValue(precision)) ?? Environment.GetEnvironmentVariable(Device.PrecisionVariable);
        return string.IsNullOrWhiteSpace(asked) ? null : Precisions.Parse(asked);
    }
}
