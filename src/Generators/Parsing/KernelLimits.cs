using System;
using System.Collections.Generic;
using System.Linq;
using MageDsl.Generators.Diagnostics;
using MageDsl.Generators.Ir;
using Microsoft.CodeAnalysis;

namespace MageDsl.Generators.Parsing;

/// <summary>How large a kernel may be, so that compiling it ends, and within the stack.</summary>
internal static class KernelLimits
{
    /// <summary>Each flag doubles the code.</summary>
    private const int Flags = 6;

    /// <summary>Wanted gradients are bits of a long.</summary>
    private const int Tensors = 63;

    /// <summary>Passes go down the graph by recursion; the backward pass is about three times as deep.</summary>
    private const int Depth = 200;

    /// <summary>Callees are read at every call, and what follows a condition once for each outcome: that may double again and again.</summary>
    private const int Expressions = 50_000;

    /// <summary>The C# compiler goes down a body by recursion before we do; of blocks in blocks 1600 fill the stack of one of its threads.</summary>
    private const int Nesting = 1000;

    public static void CheckParameters(Signature signature, string name, Location identifier)
    {
        var flags = signature.Parameters.Count(p => p.Kind == KernelParameterKind.Bool);
        if (flags > Flags)
        {
            throw new KernelError(
                Descriptors.TooLarge, identifier,
                $"kernel '{name}' has {flags} bool parameters, and is compiled for every setting of them: at most {Flags} are taken; " +
                "make some of them kernels of their own");
        }
        var tensors = signature.Parameters.Count(p => p.Layout != null);
        if (tensors > Tensors)
        {
            throw new KernelError(
                Descriptors.TooLarge, identifier,
                $"kernel '{name}' has {tensors} tensors: at most {Tensors} are taken; pack some into one with an axis of their own");
        }
    }

    public static void CheckGraph(KernelModel model, Location identifier)
    {
        var depth = new int[model.Nodes.Count];
        for (var id = 0; id < depth.Length; id++)
            foreach (var arg in model.Nodes[id].Args) depth[id] = Math.Max(depth[id], depth[arg] + 1);
        if (depth.Any(d => d > Depth)) throw new KernelError(Descriptors.TooLarge, identifier, TooDeep(model.Name));
    }

    /// <summary>Counts one expression more.</summary>
    public static int Count(int expressions) => expressions < Expressions ? expressions + 1
        : throw new KernelTooLargeException($"takes more than {Expressions} expressions to read, those of called kernels and of both branches of " +
            "conditions included: cut it into several kernels, called one after the other");

    /// <summary>Looks at the text of a definition before anything goes down it.</summary>
    public static void CheckNesting(SyntaxNode definition)
    {
        var todo = new Stack<(SyntaxNode Node, int Depth)>();
        todo.Push((definition, 0));
        while (todo.Count > 0)
        {
            var (node, depth) = todo.Pop();
            if (depth > Nesting)
            {
                throw new KernelTooLargeException(
                    $"nests more than {Nesting} levels of expressions and statements: give parts of it names, as locals");
            }
            foreach (var child in node.ChildNodes()) todo.Push((child, depth + 1));
        }
    }

    public static string TooDeep(string name) =>
        $"kernel '{name}' computes a value by a chain of more than {Depth} operations: cut it into several kernels, called one after the other";
}

/// <summary>Ends the reading of a kernel that goes beyond a limit: what it does, after its name.</summary>
internal sealed class KernelTooLargeException : Exception
{
    public KernelTooLargeException(string message) : base(message)
    {
    }
}
