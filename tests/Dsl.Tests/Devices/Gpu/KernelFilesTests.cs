using MageDsl.Devices.Gpu;
using Xunit;

namespace MageDsl.Tests.Devices.Gpu;

public class KernelFilesTests
{
    [Fact]
    public void A_variable_names_the_folder_or_says_that_there_is_none()
    {
        Assert.Equal("/some/where", KernelFiles.Folder("/some/where"));
        Assert.Null(KernelFiles.Folder("off"));
        Assert.Null(KernelFiles.Folder(" Off "));
        Assert.EndsWith(Path.Combine("magedsl", "kernels"), KernelFiles.Folder(null));
        Assert.Equal(KernelFiles.Folder(null), KernelFiles.Folder(""));
    }

    [Fact]
    public void A_key_is_of_type_device_and_code()
    {
        var key = KernelFiles.Key(typeof(FillStage<int>), "device");
        Assert.Equal(key, KernelFiles.Key(typeof(FillStage<int>), "device"));
        Assert.NotEqual(key, KernelFiles.Key(typeof(FillStage<float>), "device"));
        Assert.NotEqual(key, KernelFiles.Key(typeof(FillStage<int>), "another"));
        Assert.DoesNotContain("Dsl.Tests ", key);
        Assert.Contains($"MageDsl {typeof(Tensor).Module.ModuleVersionId}", key);
        Assert.Contains("System.Private.CoreLib ", key);

        // Of type arguments, too.
        var own = KernelFiles.Key(typeof(ConvertStage<int, float, Halves>), "device");
        Assert.Contains($"Dsl.Tests {typeof(Halves).Module.ModuleVersionId}", own);
    }

    private struct Halves : IConversion<int, float>
    {
        public static float Of(int value) => 0.5f * value;
    }
}
