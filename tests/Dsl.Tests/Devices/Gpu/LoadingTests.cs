using System.Reflection;
using System.Runtime.Loader;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>A process that stays on the processor loads nothing of ILGPU.</summary>
public class LoadingTests
{
    [Fact]
    public void The_cpu_needs_no_ilgpu()
    {
        var folder = Directory.CreateTempSubdirectory("loading").FullName;
        var path = Path.Combine(folder, "x.safetensors");
        using (var x = Tensor.From([-1f, 0, 1])) Safetensors.Write(path, new Dictionary<string, Tensor> { ["x"] = x });

        var watched = new Watched(typeof(Tensor).Assembly.Location);
        var library = watched.LoadFromAssemblyPath(typeof(Tensor).Assembly.Location);
        dynamic file = Call(library, "MageDsl.Safetensors", "Read", path);
        foreach (dynamic kernel in (System.Collections.IEnumerable)Call(library, "MageDsl.KernelRegistry", "All"))
        {
            if (kernel.Name == "Activations.Gelu") Assert.Equal(3, (long)kernel.Launch.Invoke(new object[] { file.Tensors["x"] })[0].Count);
        }
        Assert.Contains("System.IO.Hashing", watched.Asked);
        Assert.DoesNotContain("ILGPU", watched.Asked);

        Call(library, "MageDsl.Devices.Device", "Open", "ilgpu");
        Assert.Contains("ILGPU", watched.Asked);
        Directory.Delete(folder, recursive: true);
    }

    private static object Call(Assembly library, string type, string method, params object[] arguments)
        => library.GetType(type)!.GetMethods().Single(found => found.Name == method && found.IsStatic).Invoke(null, arguments)!;

    /// <summary>The library and what it needs once more, with a note of what it asked for.</summary>
    private sealed class Watched(string library) : AssemblyLoadContext("watched", isCollectible: false)
    {
        private readonly string folder = Path.GetDirectoryName(library)!;

        public List<string> Asked { get; } = [];

        protected override Assembly? Load(AssemblyName name)
        {
            Asked.Add(name.Name!);
            var path = Path.Combine(folder, name.Name + ".dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
    }
}
