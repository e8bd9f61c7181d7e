using System.CommandLine;
using Mage.Cli.Output;
using MageDsl.Devices;

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
            var standard = Device.Default;
            new CommandConsole(parse.InvocationConfiguration.Output).Table(
                "Devices that were looked for",
                [["device", "found"], .. Device.Kinds.Select(kind => new[] { kind.Name, Describe(kind, standard) })]);
            return 0;
        });
        return command;
    }

    private static string Describe(DeviceKind kind, Device standard)
    {
        try
        {
            var device = kind.Open();
            return device.Description + (device == standard ? "; the default" : "");
        }
        catch (DeviceException e)
        {
            return e.Message;
        }
    }
}
