using Bench.Cards;
using MageDsl.Devices;

// `DEVICE [check|time] [N] [NAME]`: checks the library's kernels on a device, and times some there, with rows divided by N; those of that name.
try
{
    return CardComparison.Run(args.Length > 0 ? args : ["auto"]);
}
catch (DeviceException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
