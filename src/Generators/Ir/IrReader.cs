using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace MageDsl.Generators.Ir;

/// <summary>Reads the text of <see cref="IrText"/>.</summary>
internal sealed class IrReader
{
    private readonly string[] lines;
    private readonly List<ParameterModel> parameters = new();
    private readonly List<ResultModel> results = new();
    private readonly List<KernelSizeRule> rules = new();
    private readonly List<AxisLike> likes = new();
    private readonly List<Node> nodes = new();
    private string name = "";
    private string typeName = "";
    private string space = "";
    private string definition = "";
    private string[] flags = Array.Empty<string>();

    public IrReader(string text) => lines = text.Split('\n');

    public KernelModel Read()
    {
        if (lines[0].Trim() != IrText.Header) throw new FormatException($"the first line is not \"{IrText.Header}\"");
        for (var i = 1; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0) continue;
            try
            {
                ReadLine(line);
            }
            catch (Exception error)
                when (error is IndexOutOfRangeException or ArgumentException or FormatException or OverflowException or IrException)
            {
                throw new FormatException($"line {i + 1}: \"{line}\"", error);
            }
        }
        foreach (var result in results)
            if (result.Value < 0 || result.Value >= nodes.Count) throw new FormatException($"a result is %{result.Value}, which does not exist");
        return new KernelModel(
            space, typeName, name, flags.Contains("fusion"), flags.Contains("differentiable"),
            parameters.ToEquatable(), results.ToEquatable(), nodes.ToEquatable(), rules.ToEquatable(), likes.ToEquatable(), definition)
        {
            Choices = new KernelChoices(Flag<Scores>("scores"), Flag<Prologue>("prologue")),
        };
    }

    private T Flag<T>(string name) where T : struct =>
        flags.FirstOrDefault(f => f.StartsWith(name + "=", StringComparison.Ordinal)) is { } flag
            ? Enum<T>(flag.Substring(name.Length + 1))
            : default;

    private void ReadLine(string line)
    {
        if (line[0] == '%')
        {
            nodes.Add(ReadNode(line));
            return;
        }
        var words = line.Split(' ');
        switch (words[0])
        {
            case "kernel":
                name = words[1];
                typeName = words[3];
                if (words.Length > 5) space = words[5];
                break;
            case "definition":
                definition = words[1];
                break;
            case "flags":
                flags = words.Skip(1).ToArray();
                break;
            case "param":
                parameters.Add(ReadParameter(line));
                break;
            case "result":
                var (layout, rest) = Quoted(line);
                var more = Words(rest);
                // Pairs of a word and a name, which may be the word itself.
                string After(string word) =>
                    Enumerable.Range(0, (more.Length - 1) / 2).Where(i => more[(2 * i) + 1] == word).Select(i => more[(2 * i) + 2]).FirstOrDefault()
                    ?? "";
                results.Add(new ResultModel(Layout.Parse(layout), Enum<ValueType>(words[1]), Id(more[0]), After("into"), After("as")));
                break;
            case "rule":
                var by = words[4] == "by" ? words[5] : "";
                rules.Add(new KernelSizeRule(words[1], words[3], by, Whole(words[words.Length - 3]), Whole(words[words.Length - 1])));
                break;
            case "like":
                likes.Add(new AxisLike(Id(words[1]), Id(words[2])));
                break;
            default:
                throw new FormatException();
        }
    }

    private static ParameterModel ReadParameter(string line)
    {
        var equals = line.IndexOf(" = ", StringComparison.Ordinal);
        var byDefault = equals < 0 ? "" : line.Substring(equals + 3);
        var words = (equals < 0 ? line : line.Substring(0, equals)).Split(' ');
        var kind = Enum<KernelParameterKind>(words[2]);
        return kind switch
        {
            KernelParameterKind.Tensor or KernelParameterKind.Ids => new ParameterModel(words[1], kind, Layout.Parse(Quoted(line).Inside)),
            KernelParameterKind.Size => new ParameterModel(words[1], kind, null, words[3], byDefault),
            _ => new ParameterModel(words[1], kind, Default: byDefault),
        };
    }

    private Node ReadNode(string line)
    {
        var open = line.LastIndexOf('[');
        var axes = Words(line.Substring(open + 1, line.Length - open - 2));
        var words = Words(line.Substring(0, open));
        if (Id(words[0]) != nodes.Count) throw new FormatException();
        var op = Enum<Op>(words[2]);
        var args = new List<int>();
        var (type, text, number, over) = (ValueType.Real, "", 0.0, Array.Empty<string>());
        AxisMap? map = null;
        foreach (var word in words.Skip(3))
        {
            var equals = word.IndexOf('=');
            if (word[0] == '%')
            {
                args.Add(Argument(word));
            }
            else if (word[0] == ':')
            {
                type = Enum<ValueType>(word.Substring(1));
            }
            else if (equals > 0)
            {
                var value = word.Substring(equals + 1);
                switch (word.Substring(0, equals))
                {
                    case "number": number = Number(value); break;
                    case "over": over = value.Split(','); break;
                    case "map": map = new AxisMap(Terms(value), 0, 1, false); break;
                    case "offset": map = Map(map) with { Offset = Whole(value) }; break;
                    case "divisor": map = Map(map) with { Divisor = Whole(value) }; break;
                    case "checked": map = Map(map) with { Checked = true }; break;
                    default: throw new FormatException();
                }
            }
            else
            {
                text = word;
            }
        }
        if (op == Op.Const && !type.IsScalar()) (text, number) = ("", Number(text));
        return new Node(op, type, axes.ToEquatable(), args.ToEquatable(), text, number, over.ToEquatable(), map);
    }

    private static AxisMap Map(AxisMap? map) => map ?? throw new FormatException();

    private int Argument(string word) => Id(word) is var id && id >= 0 && id < nodes.Count ? id : throw new FormatException();

    private static EquatableArray<AxisTerm> Terms(string text) => text.Split(new[] { ',' }, StringSplitOptions.RemoveEmptyEntries)
        .Select(t => t.Split('*')).Select(t => new AxisTerm(t[0], Whole(t[1]))).ToEquatable();

    private static (string Inside, string After) Quoted(string line)
    {
        var first = line.IndexOf('"');
        var second = line.IndexOf('"', first + 1);
        return (line.Substring(first + 1, second - first - 1), line.Substring(second + 1));
    }

    private static string[] Words(string text) => text.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries);

    private static int Id(string word) => word[0] == '%' ? Whole(word.Substring(1)) : throw new FormatException();

    private static int Whole(string text) => int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static T Enum<T>(string word) where T : struct => (T)System.Enum.Parse(typeof(T), word, ignoreCase: true);
}
