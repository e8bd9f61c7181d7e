using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Gpu;

/// <content>The passes over a row, and what threads make of a row together.</content>
internal sealed partial class RowTemplate
{
    /// <summary>What of a row is stored; its values go where they are known.</summary>
    private string RowStores()
    {
        var text = loop.RowStores.Select(s => (Store: s, Value: values.Value(s))).ToArray();
        Code.PushWithin();
        foreach (var (store, value) in text) values.Store(store, value);
        return Code.Pop();
    }

    /// <summary>One pass, and the names of what it has combined over the row.</summary>
    private IEnumerable<string> Pass(Pass pass)
    {
        var places = pass.Rows.Where(IsByIndex).ToDictionary(r => r, _ => Code.New("place", "int", "lane", Row));
        var sums = pass.Rows.Select(r => (Row: r, Name: Sum(r, places.ContainsKey(r)))).ToArray();
        if (isKept) Kept(pass, sums, places);
        else Loop(pass, sums, places);
        foreach (var (row, sum) in sums)
        {
            var result = places.TryGetValue(row, out var place) ? Found(row, sum, place) : Combined(row, sum);
            var name = Code.New("r", areRowsQuads ? "V" : "T", result, Row);
            values.Bind(row.Result, name);
            yield return name;
        }
    }

    /// <summary>Goes through a row.</summary>
    private void Loop(Pass pass, (RowReduction Row, string Name)[] sums, IReadOnlyDictionary<RowReduction, string> places)
    {
        var at = Code.Name("at");
        if (loop.Inner.Count > 1) values.Flat = (loop.Inner, at);
        Code.Push(Row + 1);
        Sections.Decode(values, at, loop.Inner);
        Sections.Open(Code, Row + 2, loop.Inner.Count + 1);
        foreach (var (row, sum) in sums)
        {
            var value = values.Spread(row.Reduction.Value);
            if (places.TryGetValue(row, out var place)) Code.Line(Search(row, sum, place, value, at));
            else Code.Line($"{sum} = L.{Reductions.Combine(row.Reduction.Op)}({sum}, {Within(row, value, at)});");
        }
        foreach (var (store, value) in Stored(pass)) values.Store(store, value);
        var body = Sections.Close(Code, loop.Inner.Count);
        Code.Block($"for (int {at} = first + lane; {at} < end; {at} += lanes)", body);
    }

    /// <summary>What counts of four of which some may be beyond the row.</summary>
    private string Within(RowReduction row, string value, string at) =>
        values.Quads.IsRagged ? $"L.First(end - {at}, {value}, {Reductions.Neutral(row.Reduction.Op)})" : value;

    /// <summary>Computes what is not known yet of the elements that a thread keeps.</summary>
    private void Kept(Pass pass, (RowReduction Row, string Name)[] sums, IReadOnlyDictionary<RowReduction, string> places)
    {
        foreach (var (row, sum) in sums)
        {
            if (places.TryGetValue(row, out var place))
                Code.Line($"if ({IsIn}) {Search(row, sum, place, values.Spread(row.Reduction.Value), KeptAt)}");
            else Combine(sum, row.Reduction);
        }
        foreach (var across in pass.Across) Combine(Across(across.Number), across.Reduction);
        var stored = Stored(pass);
        EndKept();
        if (stored.Length == 0) return;
        // All are computed before the first is stored: what is yet to be read waits for no store.
        Code.PushWithin();
        foreach (var (store, value) in stored) values.Store(store, value);
        var stores = Code.Pop();
        Code.Block($"if ({IsIn})", stores);
        EndKept();
    }

    /// <summary>Adds an element to a sum, if a thread has it.</summary>
    private void Combine(string sum, Reduction reduction)
    {
        var (value, neutral) = (values.Spread(reduction.Value), Reductions.Neutral(reduction.Op));
        Code.Line($"{sum} = L.{Reductions.Combine(reduction.Op)}({sum}, L.Select(L.Splat({IsIn}), {value}, L.Splat({neutral})));");
    }

    /// <summary>What a thread has combined across its rows at a place of the elements that it keeps.</summary>
    private static string Across(int number) => $"across{number + 1}{Copies.Mark}";

    /// <summary>What a pass stores of an element.</summary>
    private (Store Store, string Value)[] Stored(Pass pass) => pass.Stores.Select(s => (s, values.Value(s))).ToArray();

    /// <summary>Declares what a thread has of a row: a number for each of its neighbours, or the best so far.</summary>
    private string Sum(RowReduction row, bool isByIndex)
    {
        var neutral = Reductions.Neutral(row.Reduction.Op);
        return isByIndex ? Code.New("best", "T", neutral, Row) : Code.New("sum", "V", $"L.Splat({neutral})", Row);
    }

    /// <summary>What threads have of a row, together.</summary>
    private string Combined(RowReduction row, string sum)
    {
        var (of, lanes) = Combining(row.Reduction.Op);
        return areRowsQuads ? $"{Library.Gpu}GpuReduce<V, L>.{of}Y(shared, {sum})"
            : isAlongRows ? $"{Library.Gpu}GpuReduce<T, S>.{of}Y(shared, L.{lanes}({sum}))"
            : $"R.{of}(shared, L.{lanes}({sum}))";
    }

    /// <summary>What combines the values of threads, and those of lanes.</summary>
    private static (string Of, string Lanes) Combining(Op op) => op switch
    {
        Op.ReduceSum => ("Sum", "Sum"),
        Op.ReduceMax => ("Max", "Largest"),
        _ => ("Min", "Smallest"),
    };

    private string Found(RowReduction row, string best, string place)
    {
        var of = row.Reduction.Op == Op.ArgMax ? "ArgMax" : "ArgMin";
        return $"S.Of({(isAlongRows ? $"{Library.Gpu}GpuPlaces<T, S>.{of}Y" : $"R.{of}")}(shared, sharedPlaces, {best}, {place}))";
    }

    private static string Search(RowReduction row, string best, string place, string value, string at) =>
        $"L.{(row.Reduction.Op == Op.ArgMax ? "TakeLargest" : "TakeSmallest")}(ref {best}, ref {place}, {value}, {at});";

    /// <summary>Opens what is known of an element, for all passes; a thread without so many has the row's last once more.</summary>
    private void BeginKept()
    {
        for (var i = 0; i < copies.Count; i++)
        {
            var (at, isIn) = (Copies.Of(KeptAt, i), Copies.Of(IsIn, i));
            Code.Line($"int {at} = lane + {i} * lanes;");
            Code.Line($"bool {isIn} = {at} < end;");
            Code.Line($"if (!{isIn}) {at} = {Fields.Product(loop.Inner.Axes())} - L.Width;");
        }
        values.Copied = loop.Inner;
        if (loop.Inner.Count > 1) values.Flat = (loop.Inner, KeptAt);
        Code.PushBeside(Row + 1, Copies.Mark);
        Sections.Decode(values, KeptAt, loop.Inner.Select(v => (Names.Variable(v) + Copies.Mark, Fields.Size(v.Axis))).ToArray());
        for (var level = Row + 2; level <= loop.Inner.Count + 1; level++) Code.PushBeside(level, Copies.Mark);
    }

    // The place of an element that a thread keeps, and whether it has it.
    private const string KeptAt = "at" + Copies.Mark, IsIn = "isIn" + Copies.Mark;

    /// <summary>Writes what was written of elements since, for each that a thread has.</summary>
    private void EndKept()
    {
        for (var nesting = Row + 1; nesting <= loop.Inner.Count + 1; nesting++) Code.Append(Row, copies.Of(Code.Take(nesting)));
    }
}
