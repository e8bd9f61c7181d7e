using Bench.Cards;
using MageDsl.Devices;

// `DEVICE [check|time|profile|memory|host|names] [N] [NAME]`: checks the library's kernels on a device, and times some there, with rows divided by N;
// those of that name. `profile` says where a training step spends its time, `memory` what memory it takes, `host` how long the host asks for
// it, `names` which kernels there are.
try
{
    return CardComparison.Run(args.Length > 0 ? args : ["auto"]);
}
catch (DeviceException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
