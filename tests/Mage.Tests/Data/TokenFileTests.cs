using Mage.Data;

namespace Mage.Tests.Data;

public class TokenFileTests
{
    private static readonly TokenFileHead Head = new(3, 2, 4, 50, "tokenizer", "images");

    [Fact]
    public void WhatIsWrittenIsRead()
    {
        using var folder = new TemporaryFolder();
        TokenFile.Write(folder["tokens"], Head, [[.. Enumerable.Range(0, 10)], [.. Enumerable.Range(10, 14)]]);
        using var file = TokenFile.Open(folder["tokens"]);
        Assert.Equal(Head, file.Head);
        var view = new int[4];
        file.CopyTo(1, 1, view);
        Assert.Equal([12, 13, 14, 15], view);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.CopyTo(3, 0, view));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.CopyTo(0, -1, view));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.CopyTo(0, 0, new int[3]));
    }

    [Fact]
    public void WrongTokensAreNotWrittenAndLeaveTheOldFile()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("tokens", [1, 2, 3]);
        Assert.Throws<ArgumentException>(() => TokenFile.Write(path, Head, [new int[23]]));
        Assert.Throws<ArgumentException>(() => TokenFile.Write(path, Head, [new int[25]]));
        Assert.Throws<ArgumentException>(() => TokenFile.Write(path, Head, [[.. Enumerable.Repeat(50, 24)]]));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
    }

    [Fact]
    public void WhateverIsDamagedIsRefusedInOneLine()
    {
        using var folder = new TemporaryFolder();
        TokenFile.Write(folder["tokens"], Head, [new int[24]]);
        var whole = File.ReadAllBytes(folder["tokens"]);
        Refused([]);
        Refused(whole[..^1]);
        Refused([.. whole, 0]);
        for (var i = 0; i < whole.Length; i++)
        {
            // A bit in each byte; the last ones would make other codes of the 50.
            whole[i] ^= 2;
            Refused(whole);
            whole[i] ^= 2;
        }

        Assert.Equal([0, 0, 0, 0], View(folder.Write("again", whole)));

        void Refused(byte[] bytes)
        {
            var path = folder.Write("refused", bytes);
            Assert.Contains(path, Assert.Throws<UserErrorException>(() => TokenFile.Open(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AFileThatIsChangedWhileItIsOpenIsNamed()
    {
        using var folder = new TemporaryFolder();
        TokenFile.Write(folder["tokens"], Head, [new int[24]]);
        using var file = TokenFile.Open(folder["tokens"]);
        using (var stream = new FileStream(folder["tokens"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.Position = stream.Length - 1;
            stream.WriteByte(1);
        }

        Assert.Contains(
            $"'{folder["tokens"]}' is damaged",
            Assert.Throws<UserErrorException>(() => file.CopyTo(2, 1, new int[4])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileThatIsNotThereIsNamed()
        => Assert.Contains("/no/such", Assert.Throws<UserErrorException>(() => TokenFile.Open("/no/such")).Message, StringComparison.Ordinal);

    private static int[] View(string path)
    {
        using var file = TokenFile.Open(path);
        var view = new int[file.Head.Tokens];
        file.CopyTo(0, 0, view);
        return view;
    }
}
