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
        for (var i = 0; i < 400; i++)
        {
            var seed = new Seed(i);
            var damaged = whole.ToArray();
            damaged[seed.Integer(0, damaged.Length)] ^= (byte)(1 << seed.Integer(1, 8));
            try
            {
                using var file = TokenFile.Open(folder.Write("damaged", damaged));
                file.CopyTo(file.Head.Images - 1, file.Head.Views - 1, new int[file.Head.Tokens]);
            }
            catch (UserErrorException)
            {
            }
        }

        void Refused(byte[] bytes)
        {
            var path = folder.Write("refused", bytes);
            Assert.Contains(path, Assert.Throws<UserErrorException>(() => TokenFile.Open(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AFileThatIsNotThereIsNamed()
        => Assert.Contains("/no/such", Assert.Throws<UserErrorException>(() => TokenFile.Open("/no/such")).Message, StringComparison.Ordinal);
}
