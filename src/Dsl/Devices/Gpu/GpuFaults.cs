namespace MageDsl.Devices.Gpu;

/// <summary>Numbers for the names of kernels, so that device code can say which of them met a wrong id.</summary>
internal static class GpuFaults
{
    private static readonly List<string> Names = [];
    private static readonly Dictionary<string, int> Numbers = [];

    /// <summary>The number of a name, always the same.</summary>
    public static int Number(string kernel)
    {
        lock (Names)
        {
            if (!Numbers.TryGetValue(kernel, out var number))
            {
                Numbers.Add(kernel, number = Names.Count);
                Names.Add(kernel);
            }
            return number;
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
