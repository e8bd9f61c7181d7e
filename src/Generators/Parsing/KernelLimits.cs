using System;
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

    public static void CheckParameters(Signature signature, string name, Location identifier)
    {
        var flags = signature.Parameters.Count(p => p.Kind == ParameterKind.Bool);
        if (flags > Flags)
            throw new KernelError(Descriptors.TooLarge, identifier, $"kernel '{name}' has {flags} bool parameters, and is compiled for every setting of them: at most {Flags} are taken; make some of them kernels of their own");
        var tensors = signature.Parameters.Count(p => p.Layout != null);
        if (tensors > Tensors)
            throw new KernelError(Descriptors.TooLarge, identifier, $"kernel '{name}' has {tensors} tensors: at most {Tensors} are taken; pack some into one with an axis of their own");
    }

    public static void CheckGraph(KernelModel model, Location identifier)
    {
        var depth = new int[model.Nodes.Count];
        for (var id = 0; id < depth.Length; id++)
            foreach (var arg in model.Nodes[id].Args) depth[id] = Math.Max(depth[id], depth[arg] + 1);
        if (depth.Any(d => d > Depth)) throw new KernelError(Descriptors.TooLarge, identifier, TooDeep(model.Name));
    }

    public static string TooDeep(string name) =>
        $"kernel '{name}' computes a value by a chain of more than {Depth} operations: cut it into several kernels, called one after the other";
}
