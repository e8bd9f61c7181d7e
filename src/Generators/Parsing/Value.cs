using System.Collections.Generic;

namespace MageDsl.Generators.Parsing;

/// <summary>What a C# expression of a definition stands for while it is read.</summary>
internal abstract record Value;

/// <summary>A node of the graph: an Expr, or a C# scalar.</summary>
internal sealed record NodeValue(int Id) : Value;

/// <summary>A C# tuple.</summary>
internal sealed record TupleValue(IReadOnlyList<Value> Items) : Value;

/// <summary>A value whose computation has been reported as wrong; its uses are not reported again.</summary>
internal sealed record WrongValue : Value;
