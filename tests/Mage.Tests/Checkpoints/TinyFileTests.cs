using System.Diagnostics;
using System.Text.Json;
using Mage.Checkpoints;
using MageDsl;

namespace Mage.Tests.Checkpoints;

/// <summary>Files that PyTorch wrote, small ones, with all that its tensors can be (see data/make.py).</summary>
public sealed class TinyFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Checkpoints", "data");

    private static string Tiny { get; } = Path.Combine(Folder, "tiny.pth");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_type_and_layout_is_read()
    {
        using var scope = new TensorScope();
        using var expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "tiny.json")));
        var found = ModelFile.Read(Tiny).Tensors;
        Assert.Equal(expected.RootElement.EnumerateObject().Select(entry => entry.Name), found.Keys);
        foreach (var entry in expected.RootElement.EnumerateObject())
        {
            var tensor = found[entry.Name];
            Assert.Equal(entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()), tensor.Shape.ToArray());
            using var doubles = tensor.Cast(ElementType.Float64);
            Assert.Equal(
                entry.Value.GetProperty("values").EnumerateArray().Select(value => Number(value.GetString()!)),
                doubles.ToArray<double>());
        }

        Assert.Equal(
            (ElementType.Float64, ElementType.Float32, ElementType.Int32, ElementType.Int32),
            (found["float64"].Type, found["bfloat16"].Type, found["int64"].Type, found["bool"].Type));
    }

    [Fact]
    public void What_else_is_in_the_file_is_said()
    {
        var report = CheckpointReport.Read(Tiny, values: true);
        Assert.Equal("PyTorch, the weights under 'model'", report.Format);
        Assert.Equal(
            [
                "epoch = 3", "big = 1208925819614629174706176", "rate = 0.001", "none = None", "list = a list of 3", "args = a dictionary of 2",
            ],
            report.Others.Select(other => $"{other.Key} = {other.Value}"));
        Assert.Equal(new CheckpointPart("other", 17, 91), Assert.Single(report.Parts));
        Assert.Equal(("F16", (-2.0, double.PositiveInfinity, double.PositiveInfinity)), (report.Rows[2].Type, report.Rows[2].Values!.Value));
        Assert.Null(report.Rows.Single(row => row.Key == "empty").Values);
        Assert.All(CheckpointReport.Read(Tiny).Rows, row => Assert.Null(row.Values));
    }

    [Fact]
    public void What_is_converted_is_the_same_to_us_and_to_Python()
    {
        var path = folder["tiny.safetensors"];
        Assert.Equal(17, CheckpointConverter.Convert(Tiny, path));
        Assert.Equal((0, 17), (CheckpointDifference.Between(Tiny, path).Keys.Count, CheckpointDifference.Between(path, Tiny).Same));
        var lines = Python("sums.py", path);
        Assert.StartsWith("read by ", lines[0], StringComparison.Ordinal);
        using var scope = new TensorScope();
        var expected = ModelFile.Read(Tiny).Tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair =>
        {
            using var doubles = pair.Value.Cast(ElementType.Float64);
            return $"{pair.Key} {Tensor.ShapeText(pair.Value.Shape)} {doubles.ToArray<double>().Sum():G12}";
        });
        Assert.Equal(expected, lines.Skip(1).Select(line => $"{line[..line.LastIndexOf(' ')]} {Number(line[(line.LastIndexOf(' ') + 1)..]):G12}"));
    }

    [Fact]
    public void Float32_also_narrows_64_bits()
    {
        Assert.Equal(17, CheckpointConverter.Convert(Tiny, folder["wide.safetensors"]));
        Assert.Equal(17, CheckpointConverter.Convert(Tiny, folder["narrow.safetensors"], single: true));
        Assert.Contains("F64", CheckpointReport.Read(folder["wide.safetensors"]).Rows.Select(row => row.Type));
        Assert.DoesNotContain("F64", CheckpointReport.Read(folder["narrow.safetensors"]).Rows.Select(row => row.Type));
        var difference = Assert.Single(CheckpointDifference.Between(folder["wide.safetensors"], folder["narrow.safetensors"]).Keys);
        Assert.Equal("float64", difference.Key);
        Assert.InRange(difference.Largest!.Value, double.Epsilon, 1e-6);
    }

    [Fact]
    public void The_old_format_is_called_by_its_name()
    {
        var message = Assert.Throws<UserErrorException>(() => ModelFile.Read(Path.Combine(Folder, "old.pth"))).Message;
        Assert.Contains("old.pth'", message);
        Assert.Contains("before version 1.6; with a newer one, torch.save(torch.load(", message);
    }

    [Fact]
    public void A_changed_byte_is_found_wherever_it_is()
    {
        var whole = File.ReadAllBytes(Tiny);
        var data = Enumerable.Range(0, whole.Length - 4).First(i => whole.AsSpan(i).StartsWith(BitConverter.GetBytes(4.25f)));
        var path = folder.Write("tiny.pth", [.. whole[..data], (byte)(whole[data] ^ 1), .. whole[(data + 1)..]]);
        Assert.Contains("does not fit its checksum", Assert.Throws<UserErrorException>(() => CheckpointReport.Read(path)).Message);
    }

    /// <summary>What a script of the data folder prints.</summary>
    private static string[] Python(string script, string argument)
    {
        try
        {
            string[] arguments = [Path.Combine(Folder, script), argument];
            using var process = Process.Start(new ProcessStartInfo("python3", arguments) { RedirectStandardOutput = true })!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            return output.TrimEnd().Split('\n');
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("there is no python3 to read the file with");
            throw;
        }
    }

    private static double Number(string text) => text == "inf" ? double.PositiveInfinity : double.Parse(text);
}
