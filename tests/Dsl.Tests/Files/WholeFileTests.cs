using Xunit;

namespace MageDsl.Tests.Files;

public sealed class WholeFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("wholefile").FullName;

    private string FilePath => Path.Combine(folder, "file");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_failed_write_leaves_the_old_file_whole_and_nothing_beside_it()
    {
        Write("old");
        var error = Assert.Throws<IOException>(() => WholeFile.Write(FilePath, stream =>
        {
            stream.WriteByte(1);
            throw new IOException("the disk is full: '" + Directory.GetFiles(folder).Single(path => path != FilePath) + "'");
        }));
        Assert.Equal($"the disk is full: '{FilePath}'", error.Message);
        Assert.Equal("old", File.ReadAllText(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(folder));
    }

    [Fact]
    public void Writers_of_one_file_do_not_meet()
    {
        Parallel.For(0, 200, i => Write($"{i % 10}{new string('x', 1000)}"));
        Assert.Equal(1001, File.ReadAllText(FilePath).Length);
        Assert.Equal([FilePath], Directory.GetFiles(folder));
    }

    [Fact]
    public void What_a_killed_process_leaves_is_known_by_its_name()
    {
        var beside = "";
        WholeFile.Write(FilePath, _ => beside = Directory.GetFiles(folder).Single());
        Assert.Equal(FilePath, WholeFile.Unfinished(beside));
        Assert.Null(WholeFile.Unfinished(FilePath));
        Assert.Null(WholeFile.Unfinished("film.part"));
        Assert.Null(WholeFile.Unfinished(beside + ".png"));
    }

    private void Write(string text) => WholeFile.Write(FilePath, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
