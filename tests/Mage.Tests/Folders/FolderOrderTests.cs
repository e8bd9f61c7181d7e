using Tests.Shared;

namespace Mage.Tests.Folders;

/// <summary>The check of folders itself.</summary>
public class FolderOrderTests
{
    private const string High = "namespace Lib.High; public static class Tower { public static int Height(this string name) => name.Length; }";

    [Theory]
    [InlineData("using Lib.High; namespace Lib.Low; class Cellar { }", "using Lib.High;")]
    [InlineData("using static Lib.High.Tower; namespace Lib.Low; class Cellar { }", "Tower")]
    [InlineData("namespace Lib.Low; class Cellar { int Depth => High.Tower.Height(\"\"); }", "Tower")]
    [InlineData("namespace Lib.Low; class Cellar { object It => typeof(global::Lib.High.Tower); }", "Tower")]
    [InlineData("namespace Lib.High; class Cellar { object It => nameof(Tower); }", "Tower")]
    [InlineData("namespace Lib.High; class Cellar { int Depth => \"\".Height(); }", "Height")]
    [InlineData("namespace Lib.High; class Cellar { int Depth => \"\".Height(generated: 1.5); }", "Height")]
    public void A_use_is_found_however_it_is_written(string low, string what) => Assert.Equal(
        [$"Low uses High ({what} in Low/Cellar.cs:1), which comes after it; move what it uses, or change the order"],
        Breaches(["Low", "High"], low, High));

    [Theory]
    [InlineData("namespace Lib.Low; class Cellar { }")]
    [InlineData("namespace Lib.Low; class Cellar { int Tower => 1; int Height() => Tower; int It => Height(); }")]
    [InlineData("namespace Lib.Low; /// <summary>Below a <see cref=\"Lib.High.Tower\"/>.</summary>\nclass Cellar { string It => \"Tower\"; }")]
    public void What_only_has_the_name_is_no_use(string low) => Assert.Empty(Breaches(["Low", "High"], low, High));

    [Fact]
    public void Using_what_comes_before_is_allowed()
        => Assert.Empty(Breaches(["High", "Low"], "using Lib.High; namespace Lib.Low; class Cellar { object It => typeof(Tower); }", High));

    [Theory]
    [InlineData("Low", "High")]
    [InlineData("High", "Low")]
    public void A_circle_is_said_in_words(params string[] order)
    {
        var found = Assert.Single(Breaches(order, "namespace Lib; class Cellar { Tower? up; }", "namespace Lib;\n\nclass Tower { Cellar? down; }"));
        Assert.StartsWith("a circle: ", found, StringComparison.Ordinal);
        Assert.Contains("Low uses High (Tower in Low/Cellar.cs:1)", found, StringComparison.Ordinal);
        Assert.Contains("High uses Low (Cellar in High/Tower.cs:3)", found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_circle_may_be_long()
    {
        var folders = new SourceFolders(
            [("A/A.cs", "class A { B? b; }"), ("B/B.cs", "class B { C? c; }"), ("C/C.cs", "class C { A? a; }"), ("Root.cs", "class Root { A? a; }")]);
        Assert.Equal(
            [
                "a circle: C uses A (A in C/C.cs:1), and A uses B (B in A/A.cs:1), and B uses C (C in B/B.cs:1); " +
                "move what one of them uses into a folder before it",
            ],
            FolderOrder.Breaches(folders, ["C", "B", "A", "."]));
    }

    [Fact]
    public void Every_folder_has_a_place() => Assert.Equal(
        ["High has no place in the order; put it after those that it uses", "Hihg is in the order and has no files; take it out"],
        Breaches(["Low", "Hihg"], "namespace Lib.Low; class Cellar { }", High));

    [Fact]
    public void A_file_that_cannot_be_read_is_named() => Assert.Contains(
        "'Low/Cellar.cs'",
        Assert.Throws<InvalidOperationException>(() => Breaches(["Low", "High"], "class {", High)).Message,
        StringComparison.Ordinal);

    private static IReadOnlyList<string> Breaches(string[] order, string low, string high)
        => FolderOrder.Breaches(new SourceFolders([("Low/Cellar.cs", low), ("High/Tower.cs", high)]), order);
}
