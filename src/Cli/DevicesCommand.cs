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
                [["device", "found"], .. Device.Kinds.SelectMany(kind => Find(kind, standard))]);
            return 0;
        });
        return command;
    }

    /// <summary>Every device of a kind, or why there is none.</summary>
    private static List<string[]> Find(DeviceKind kind, Device standard)
    {
        var rows = new List<string[]>();
        try
        {
            while (true)
            {
                var device = kind.Open(rows.Count);
                rows.Add([device.Name, device.Description + (device == standard ? "; the default" : "")]);
            }
        }
        catch (DeviceException e)
        {
            return rows.Count > 0 ? rows : [[kind.Name, e.Message]];
        }
    }
}
