namespace MageDsl.Devices.Gpu;

/// <summary>Numbers for the names of kernels, so that device code can say which of them met a wrong id.</summary>
internal static class GpuFaults
{
    private static readonly List<string> Names = [];

    /// <summary>The number of a name, always the same.</summary>
    public static int Number(string kernel)
    {
        lock (Names)
        {
            var number = Names.IndexOf(kernel);
            if (number >= 0) return number;
            Names.Add(kernel);
            return Names.Count - 1;
        }
    }

    /// <summary>The name of a number.</summary>
    public static string Name(int number)
    {
        lock (Names)
        {
            return Names[number];
        }
    }
}
