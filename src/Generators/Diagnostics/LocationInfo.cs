using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace MageDsl.Generators.Diagnostics;

/// <summary>Where something is, comparable by value and without a hold on its syntax tree.</summary>
internal sealed record LocationInfo(string Path, TextSpan Span, LinePositionSpan Lines)
{
    public static LocationInfo From(Location location) =>
        new(location.SourceTree?.FilePath ?? "", location.SourceSpan, location.GetLineSpan().Span);

    public SourcePlace ToPlace() => new(Path, Lines.Start.Line, Lines.Start.Character, Lines.End.Line, Lines.End.Character);

    public Location ToLocation() => Location.Create(Path, Span, Lines);
}
