using System.Text;
using Xunit;

namespace MageDsl.Tests.Files;

public class FileCacheTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kept").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_was_kept_is_there_for_the_next_process()
    {
        new FileCache(folder, 1000).Write("key", "content"u8);
        new FileCache(folder, 1000).Write("other", "more"u8);
        var next = new FileCache(folder, 1000);
        Assert.Equal("content"u8, next.Read("key")!);
        Assert.Equal("more"u8, next.Read("other")!);
        Assert.Null(next.Read("third"));
        next.Write("key", "new"u8);
        Assert.Equal("new"u8, new FileCache(folder, 1000).Read("key")!);
    }

    [Fact]
    public void A_damaged_file_is_not_there_until_it_is_written_anew()
    {
        var files = new FileCache(folder, 1000);
        files.Write("key", "content"u8);
        var path = Assert.Single(Directory.GetFiles(folder));
        var whole = File.ReadAllBytes(path);
        for (var i = 0; i < whole.Length; i++)
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= 4;
            File.WriteAllBytes(path, damaged);
            Assert.Null(files.Read("key"));
            File.WriteAllBytes(path, whole[..i]);
            Assert.Null(files.Read("key"));
        }
        files.Write("key", "content"u8);
        Assert.Equal("content"u8, files.Read("key")!);
    }

    /// <summary>As if the hashes of two keys were one.</summary>
    [Fact]
    public void A_file_is_for_its_key_only()
    {
        var files = new FileCache(folder, 1000);
        files.Write("key", "content"u8);
        var first = Assert.Single(Directory.GetFiles(folder));
        files.Write("other", "more"u8);
        File.Copy(Directory.GetFiles(folder).Single(path => path != first), first, overwrite: true);
        Assert.Null(files.Read("key"));
    }

    [Fact]
    public void What_was_not_used_for_longest_goes()
    {
        var files = new FileCache(folder, 2000);
        var theirs = Path.Combine(folder, "notes.txt");
        File.WriteAllText(theirs, new string('x', 5000));
        File.SetLastWriteTimeUtc(theirs, DateTime.UtcNow.AddYears(-1));
        for (var i = 0; i < 20; i++)
        {
            files.Write($"key {i}", new byte[200]);
            // Files may be written within one tick of the clock.
            foreach (var path in Directory.GetFiles(folder, "*.magedsl"))
            {
                File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(-10));
            }
            if (i > 0) Assert.NotNull(files.Read("key 0"));
        }
        Assert.InRange(Directory.GetFiles(folder, "*.magedsl").Sum(path => new FileInfo(path).Length), 1000, 2500);
        Assert.NotNull(files.Read("key 0"));
        Assert.NotNull(files.Read("key 19"));
        Assert.Null(files.Read("key 1"));
        Assert.True(File.Exists(theirs));
    }

    [Fact]
    public void A_folder_that_cannot_be_is_no_error()
    {
        var path = Path.Combine(folder, "file");
        File.WriteAllText(path, "");
        var files = new FileCache(path, 1000);
        files.Write("key", "content"u8);
        Assert.Null(files.Read("key"));
        Assert.Equal("", File.ReadAllText(path));
    }

    [Fact]
    public void Many_may_write_and_read_at_once()
    {
        Parallel.For(0, 8, worker =>
        {
            // As in a process each.
            var files = new FileCache(folder, 3000);
            for (var i = 0; i < 100; i++)
            {
                var (key, content) = ($"key {i % 10}", Encoding.UTF8.GetBytes(new string((char)('a' + (i % 10)), 500)));
                if (files.Read(key) is { } kept) Assert.Equal(content, kept);
                files.Write(key, content);
            }
        });
        Assert.Empty(Directory.GetFiles(folder, "*.part"));
    }
}
