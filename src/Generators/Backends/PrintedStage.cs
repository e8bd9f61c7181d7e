using System.Collections.Generic;
using System.Linq;
using System.Text;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends;

/// <summary>The generated struct of a stage.</summary>
/// <param name="Name">The struct's name: an equal stage that was emitted before lends its own.</param>
/// <param name="Template">What kind of stage it is.</param>
/// <param name="Comment">What the stage computes, for readers of the generated file and of <c>kernels show</c>.</param>
/// <param name="Interface">The interface that it implements.</param>
/// <param name="Arguments">What it is given.</param>
/// <param name="Members">Its members beside the fields.</param>
internal abstract record PrintedStage(
    string Name, string Template, string Comment, string Interface, IReadOnlyList<Argument> Arguments, string Members)
{
    /// <summary>The fields' types and names.</summary>
    public abstract IEnumerable<(string Type, string Name)> Fields { get; }

    /// <summary>What it consists of, but for its name and the places where it was written.</summary>
    public string Key => string.Join(";", Fields.Select(f => $"{f.Type} {f.Name}")) + Interface + LineMarks.Strip(Members);

    /// <summary>The struct's declaration, up to its body.</summary>
    protected abstract string Declaration { get; }

    /// <summary>The members as they stand in the struct of this name.</summary>
    protected virtual string Body => Members;

    /// <summary>The same under another name.</summary>
    public PrintedStage Named(string name) => this with { Name = name };

    /// <summary>The struct.</summary>
    public string Struct()
    {
        var text = new StringBuilder();
        text.Append($"    /// <summary>{Template}: {Comment.Replace("&", "&amp;").Replace("<", "&lt;")}</summary>\n");
        text.Append($"    {Declaration}\n    {{\n");
        foreach (var fields in Fields.GroupBy(f => f.Type, f => f.Name)) text.Append($"        public {fields.Key} {string.Join(", ", fields)};\n");
        return text.Append('\n').Append(Body).Append("    }\n").ToString();
    }
}
