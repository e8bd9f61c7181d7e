using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace MageDsl.Generators.Emit.Cpu;

/// <summary>A reduction that a loop stage leaves as partial sums, one block per chunk of rows.</summary>
/// <param name="Target">The pointer to where it goes.</param>
/// <param name="Kind">How partial results are combined.</param>
/// <param name="Axes">Its axes.</param>
/// <param name="Terms">The axes of a row that are summed, but for the innermost.</param>
internal sealed record PartialResult(string Target, string Kind, IReadOnlyList<string> Axes, IReadOnlyList<string> Terms);

/// <summary>The generated struct of a stage, and how it is launched.</summary>
internal sealed class StageCode
{
    public StageCode(string name, string template, string comment)
    {
        Name = name;
        Template = template;
        Comment = comment;
    }

    /// <summary>The struct's name: an equal stage that was emitted before lends its own.</summary>
    public string Name { get; set; }

    public string Template { get; }

    /// <summary>What the stage computes, for readers of the generated file and of <c>kernels show</c>.</summary>
    public string Comment { get; }

    public StageFields Fields { get; } = new();

    /// <summary>The names of the buffers that it reads or writes.</summary>
    public HashSet<string> Touched => new(Fields.Places.Select(p => p.Buffer.Name));

    /// <summary>Members of the struct after its fields.</summary>
    public string Members { get; set; } = "";

    /// <summary>The interface it implements.</summary>
    public string Interface { get; set; } = "";

    /// <summary>The launcher and its arguments after the stage; sizes are the launch's locals.</summary>
    public (string Method, string Arguments) Launcher { get; set; }

    /// <summary>The call that launches it.</summary>
    public string Launch => $"{Launcher.Method}<{Name}<T>, T>(&_stage, {Launcher.Arguments});";

    public string Struct()
    {
        var text = new StringBuilder();
        text.Append($"    /// <summary>{Template}: {Comment.Replace("<", "&lt;").Replace("&", "&amp;")}</summary>\n");
        text.Append($"    internal unsafe struct {Name}<T> : {Interface} where T : unmanaged\n    {{\n");
        foreach (var group in Fields.All.GroupBy(f => f.Type)) text.Append($"        public {group.Key} {string.Join(", ", group.Select(f => f.Name))};\n");
        text.Append('\n').Append(Members).Append("    }\n");
        return text.ToString();
    }

    public string Initialiser() => $"new {Name}<T> {{ {string.Join(", ", Fields.All.Select(f => $"{f.Name} = {f.Source}"))} }}";

    /// <summary>Copies of the fields, so that the JIT need not read them again after every store.</summary>
    public IEnumerable<string> Locals() => Fields.All.Select(f => $"var {f.Name} = this.{f.Name};");
}

/// <summary>The stages of a kernel: its variants share those that came out equal.</summary>
internal sealed class StageRegistry
{
    private readonly Dictionary<string, StageCode> known = new();

    public List<StageCode> All { get; } = new();

    /// <summary>Adds a stage and returns it, under the name of an equal one if there is one.</summary>
    public StageCode Add(StageCode code)
    {
        var key = string.Join(";", code.Fields.All.Select(f => $"{f.Type} {f.Name}")) + code.Interface + LineMarks.Strip(code.Members);
        if (known.TryGetValue(key, out var equal))
        {
            code.Name = equal.Name;
            return code;
        }
        known.Add(key, code);
        All.Add(code);
        return code;
    }
}
