using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends;

/// <summary>
/// Writes values of a stage as C#, each at the outermost loop where it is known, once; and where in memory things lie. What a value looks like,
/// a vector or one number, says the device's own.
/// </summary>
internal abstract class Dialect
{
    protected Dialect(StageFields fields, CodeWriter? code = null) => (Fields, Code) = (fields, code ?? new CodeWriter());

    public StageFields Fields { get; }

    public CodeWriter Code { get; }

    /// <summary>The type of indices and offsets.</summary>
    protected abstract string Whole { get; }

    /// <summary>The same without a sign.</summary>
    protected abstract string Unsigned { get; }

    /// <summary>Gives a value that was declared by other means a name.</summary>
    public void Bind(Value value, string name) => Code.Know(value, name, Code.Nesting(value.Level));

    /// <summary>The name of what holds the value.</summary>
    public string Value(Value value, Lanes lanes)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var nesting = Code.Nesting(value.Level);
        if (Code.Known(value, nesting) is { } known) return known;
        var before = Code.Enter(value.Origin);
        var name = Written(value, lanes);
        Code.Leave(before);
        Code.Know(value, name, nesting);
        return name;
    }

    /// <summary>Declares a value, and gives its name.</summary>
    protected abstract string Written(Value value, Lanes lanes);

    /// <summary>An index that was read, checked against the size of the axis that it goes to.</summary>
    protected abstract string Checked(Lookup lookup, string offset);

    protected string Int(string text, int level) => Code.Declare("o", Whole, text, Code.Nesting(level));

    protected static string Number(double value) =>
        double.IsNaN(value) ? "double.NaN"
        : double.IsInfinity(value) ? $"double.{(value > 0 ? "Positive" : "Negative")}Infinity"
        : value.ToString("R", CultureInfo.InvariantCulture) + "d";

    protected string Seed(Node seed) => seed.Op switch
    {
        Op.Scalar => Fields[new SeedArgument(seed.Name)],
        Op.Const => $"unchecked((uint){(int)seed.Number})",
        _ => $"unchecked((uint){Fields.Size(seed.Name)})",
    };

    /// <summary>
    /// The offset into memory, less what lanes add: a name (or number) known as far out as its parts allow; and the factor of the lanes'
    /// position, empty where it has none.
    /// </summary>
    protected (string Offset, string Scale) Offset(Access access, Lanes lanes)
    {
        var byLevel = new SortedDictionary<int, List<string>>();
        var scales = new List<string>();
        void Add(int level, string text)
        {
            if (!byLevel.TryGetValue(level, out var list)) byLevel.Add(level, list = new List<string>());
            list.Add(text);
        }
        foreach (var (index, stride) in access.Axes.Select(a => (a.Index, a.Stride)))
        {
            var size = Fields.Product(stride);
            string Times(string text) => size == "1" ? text : $"({text} * {size})";
            if (index.Divisor != 1)
            {
                Add(index.Level, Times($"(({IndexText(index, lanes)}) / {index.Divisor})"));
                continue;
            }
            if (index.Offset != 0) Add(0, Times(index.Offset < 0 ? $"({index.Offset})" : index.Offset.ToString(CultureInfo.InvariantCulture)));
            foreach (var term in index.Terms)
            {
                var factor = term.Scale == 1 ? size : size == "1" ? $"({term.Scale})" : $"({term.Scale} * {size})";
                var variable = VariableText(term.Variable, lanes);
                if (term.Variable.Equals(lanes.Axis)) scales.Add(factor);
                else Add(term.Variable.Level, factor == "1" ? variable : $"({variable} * {factor})");
            }
        }
        var offset = "";
        foreach (var pair in byLevel)
        {
            var text = string.Join(" + ", offset.Length == 0 ? pair.Value : pair.Value.Prepend(offset));
            offset = pair.Value.Count == 1 && offset.Length == 0 && IsPlainName(text) ? text : Int(text, pair.Key);
        }
        return (offset.Length == 0 ? "0" : offset, string.Join(" + ", scales));
    }

    private static bool IsPlainName(string text) => text.All(c => char.IsLetterOrDigit(c) || c == '_');

    /// <summary>A bool that holds within bounds that are the same for all lanes; empty if there are none.</summary>
    protected string Condition(IReadOnlyCollection<Bound> bounds, Lanes lanes)
    {
        var text = string.Join(" && ", bounds.Select(b => BoundText(b, IndexText(b.Index, lanes))));
        return bounds.Count == 0 ? "" : Code.Declare("b", "bool", text, Code.Nesting(bounds.LevelWith(0)));
    }

    /// <summary>The size of an axis, which may be a product of merged ones, as an expression.</summary>
    protected string WholeSize(string axis) => Fields.Product(axis.Split('*'));

    protected string BoundText(Bound bound, string index)
    {
        var size = WholeSize(bound.Axis);
        return bound.Index.Divisor == 1
            ? $"unchecked(({Unsigned})({index})) < ({Unsigned})({size})" // a constant index may be negative
            : $"{index} >= 0 && ({index}) % {bound.Index.Divisor} == 0 && ({index}) / {bound.Index.Divisor} < {size}";
    }

    /// <summary>The dividend of an index.</summary>
    protected static string IndexText(Affine index, Func<Variable, string> variable)
    {
        var text = string.Join(" + ", index.Terms.Select(t => t.Scale == 1 ? variable(t.Variable) : $"({t.Scale} * {variable(t.Variable)})"));
        if (text.Length == 0) return index.Offset.ToString(CultureInfo.InvariantCulture);
        return index.Offset == 0 ? text : index.Offset > 0 ? $"{text} + {index.Offset}" : $"{text} - {-index.Offset}";
    }

    protected string IndexText(Affine index, Lanes lanes) => IndexText(index, v => VariableText(v, lanes));

    protected string VariableText(Variable variable, Lanes lanes) => variable switch
    {
        LoopVariable loop => loop.Equals(lanes.Axis) ? lanes.Variable : Name(loop),
        AxisSize size => Fields.Size(size.Axis),
        Lookup lookup => LookedUp(lookup, lanes),
        _ => throw new ArgumentException($"{variable} is no variable that a backend knows"),
    };

    /// <summary>What the position along a loop's axis is called.</summary>
    protected virtual string Name(LoopVariable variable) => Names.Variable(variable);

    /// <summary>An index that is the same for all lanes.</summary>
    private string LookedUp(Lookup lookup, Lanes lanes)
    {
        var offset = Offset(lookup.Access, lanes).Offset;
        var condition = Condition(lookup.Bounds.ToArray(), lanes);
        return Int(condition.Length == 0 ? Checked(lookup, offset) : $"{condition} ? {Checked(lookup, offset)} : 0", lookup.Level);
    }
}
