using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.CSharp;
using MageDsl.Generators.Ir;
using MageDsl.Generators.Lowering;

namespace MageDsl.Generators.Backends.Cpu;

/// <content>Indices as text, and the general case: one lane after the other.</content>
internal sealed partial class VectorDialect
{
    private bool usesLanes;

    /// <summary>The declarations of the memory that the lane-by-lane path needs, if it was used.</summary>
    public string LaneMemory => usesLanes ? "            T* lanes = stackalloc T[64];\n            int* idLanes = stackalloc int[64];\n" : "";

    protected override string Checked(Lookup lookup, string offset) =>
        $"{Library.Cpu}CpuGather.Checked({Fields.Pointer(lookup.Place)}[{offset}], {WholeSize(lookup.Axis)}, \"{lookup.Place.Buffer.Name}\")";

    /// <summary>What an index looks up for every lane by itself; null if there is nothing.</summary>
    private static Lookup? Picked(Affine index, Lanes lanes) =>
        index.Terms.Select(t => t.Variable).OfType<Lookup>().FirstOrDefault(l => l.Access.Varies(lanes.Axis));

    /// <summary>One lane's own position stands for the vector's, and what it looked up itself.</summary>
    private string LaneText(Affine index, Lanes lanes) => IndexText(index, v =>
        v.Equals(lanes.Axis) ? "lane" : v is Lookup lookup && lookup.Access.Varies(lanes.Axis) ? "picked" : VariableText(v, lanes));

    /// <summary>Whether all bounds hold for one lane.</summary>
    private string LaneCondition(IEnumerable<Bound> bounds, Lanes lanes) =>
        string.Join(" && ", bounds.Select(b => BoundText(b, LaneText(b.Index, lanes))).DefaultIfEmpty("true"));

    /// <summary>The offset of one lane.</summary>
    private string LaneOffset(Access access, Lanes lanes) => string.Join(" + ", access.Axes.Select(a =>
    {
        var text = LaneText(a.Index, lanes);
        return $"{(a.Index.Divisor == 1 ? $"({text})" : $"(({text}) / {a.Index.Divisor})")} * ({Fields.Product(a.Stride)})";
    }).DefaultIfEmpty("0"));

    /// <summary>Strided windows and their adjoints, and gathers whose index varies along the vector.</summary>
    private string LoadLanes(Load load, Lanes lanes)
    {
        var isIds = load.Place.Buffer.Type == ValueType.Ids;
        var picked = load.Access.Axes.Select(a => Picked(a.Index, lanes)).FirstOrDefault(l => l != null);
        var (offset, condition, memory) = (LaneOffset(load.Access, lanes), LaneCondition(load.Bounds, lanes), isIds ? "idLanes" : "lanes");
        var pick = picked is null ? "" : Pick(picked, lanes);
        ForLanes($"{pick}{memory}[l] = {condition} ? {Fields.Pointer(load.Place)}[{offset}] : default;", lanes);
        return Gathered(isIds ? $"S.LoadIds(idLanes, 1, {lanes.Count})" : LoadDense("lanes", lanes));
    }

    /// <summary>Outside a view there are no ids to read either.</summary>
    private string Pick(Lookup lookup, Lanes lanes)
    {
        var index = Checked(lookup, LaneOffset(lookup.Access, lanes));
        return $"nint picked = {(lookup.Bounds.Count > 0 ? $"{LaneCondition(lookup.Bounds, lanes)} ? {index} : 0" : index)}; ";
    }

    /// <summary>Random numbers whose positions are no run of equal steps, as a strided view's adjoint reads them.</summary>
    private string RandomLanes(RandomNumber random, string stream, Lanes lanes)
    {
        ForLanes($"S.StoreTail(lanes + l, S.Random({stream}, unchecked((uint)({LaneOffset(random.Access, lanes)})), 0u), 1);", lanes);
        return Gathered(LoadDense("lanes", lanes));
    }

    private string MaskLanes(Bound bound, Lanes lanes)
    {
        ForLanes($"idLanes[l] = {BoundText(bound, LaneText(bound.Index, lanes))} ? 1 : 0;", lanes);
        return Gathered($"S.Less(S.Create(0d), S.LoadIds(idLanes, 1, {lanes.Count}))");
    }

    private void ForLanes(string body, Lanes lanes)
    {
        usesLanes = true;
        Code.Line($"for (nint l = 0; l < {lanes.Count}; l++) {{ var lane = {lanes.Variable} + l; {body} }}");
    }

    /// <summary>A vector of what the lanes have left in memory, which the next loop over them writes over.</summary>
    private string Gathered(string text)
    {
        var name = Code.Name("v");
        Code.Line($"V {name} = {text};");
        return name;
    }
}
