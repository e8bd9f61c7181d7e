using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace MageDsl.Generators.Diagnostics;

/// <summary>Every diagnostic of the compiler: one per rule, each with a page under docs/diagnostics.</summary>
internal static class Descriptors
{
    public static readonly DiagnosticDescriptor KernelClass = Rule("MDSL001", "A kernel belongs to a static partial class");
    public static readonly DiagnosticDescriptor Axes = Rule("MDSL002", "Axes or element types do not fit");
    public static readonly DiagnosticDescriptor KernelMethod = Rule("MDSL003", "A kernel is a static method that returns Expr");
    public static readonly DiagnosticDescriptor Parameter = Rule("MDSL004", "Not a kernel parameter");
    public static readonly DiagnosticDescriptor LayoutText = Rule("MDSL005", "Malformed layout");
    public static readonly DiagnosticDescriptor Unsupported = Rule("MDSL006", "C# that a kernel cannot hold");
    public static readonly DiagnosticDescriptor NotConstant = Rule("MDSL007", "A compile-time constant is needed");
    public static readonly DiagnosticDescriptor IntegerDivision = Rule("MDSL008", "Integer division");
    public static readonly DiagnosticDescriptor ForeignCall = Rule("MDSL009", "Call of a method that is not a kernel");
    public static readonly DiagnosticDescriptor Recursion = Rule("MDSL010", "A kernel calls itself");
    public static readonly DiagnosticDescriptor MissingIr = Rule("MDSL011", "A referenced kernel has no readable IR");
    public static readonly DiagnosticDescriptor Argument = Rule("MDSL012", "An argument does not fit the called kernel");
    public static readonly DiagnosticDescriptor Branches = Rule("MDSL013", "The branches of a condition have different axes");
    public static readonly DiagnosticDescriptor ResultLayouts = Rule("MDSL014", "Results and their layouts differ in number");
    public static readonly DiagnosticDescriptor ResultAxis = Rule("MDSL015", "A result has an axis that its layout lacks");
    public static readonly DiagnosticDescriptor ResultType = Rule("MDSL016", "A result has the wrong element type");
    public static readonly DiagnosticDescriptor IntoParameter = Rule("MDSL017", "Into names no fitting parameter");
    public static readonly DiagnosticDescriptor UnknownSize = Rule("MDSL018", "The size of an axis cannot be determined");
    public static readonly DiagnosticDescriptor SizeConflict = Rule("MDSL019", "Sizes of an axis conflict");
    public static readonly DiagnosticDescriptor NotDifferentiable = Rule("MDSL020", "Not differentiable");
    public static readonly DiagnosticDescriptor DuplicateKernel = Rule("MDSL021", "Two kernels of a class share a name");
    public static readonly DiagnosticDescriptor RecompileClass = Rule("MDSL022", "Recompile has nothing to compile or nowhere to put it");
    public static readonly DiagnosticDescriptor NotCompiled = Rule("MDSL023", "The compiler could not compile this kernel");

    public static readonly DiagnosticDescriptor TooLarge = Rule("MDSL024", "A kernel is too large");
    public static readonly DiagnosticDescriptor NoRoom = Rule("MDSL025", "No room for the compiled overload");
    public static readonly DiagnosticDescriptor Project = Rule("MDSL026", "The project cannot hold generated code");
    public static readonly DiagnosticDescriptor ReservedName = Rule("MDSL027", "A name that generated code needs");
    public static readonly DiagnosticDescriptor IdsResult = Rule("MDSL029", "A result of ids must be computed");
    public static readonly DiagnosticDescriptor UnknownTarget = Rule("MDSL030", "MageDslTargets names what is no target");

    private static Dictionary<string, DiagnosticDescriptor>? byId;

    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } = new[]
    {
        KernelClass, Axes, KernelMethod, Parameter, LayoutText, Unsupported, NotConstant, IntegerDivision, ForeignCall, Recursion, MissingIr,
        Argument, Branches, ResultLayouts, ResultAxis, ResultType, IntoParameter, UnknownSize, SizeConflict, NotDifferentiable,
        DuplicateKernel, RecompileClass, NotCompiled, TooLarge, NoRoom, Project, ReservedName, IdsResult, UnknownTarget,
    };

    /// <summary>The descriptor of an ID, which travels alone through the pipeline.</summary>
    public static DiagnosticDescriptor Get(string id)
    {
        if (byId is null)
        {
            var map = new Dictionary<string, DiagnosticDescriptor>();
            foreach (var descriptor in All) map.Add(descriptor.Id, descriptor);
            byId = map;
        }
        return byId.TryGetValue(id, out var found) ? found : NotCompiled;
    }

    // The message is composed where the error is found: it names axes, parameters and calls.
    private static DiagnosticDescriptor Rule(string id, string title) => new(
        id, title, "{0}", "MageDsl", DiagnosticSeverity.Error, isEnabledByDefault: true,
        helpLinkUri: $"https://github.com/magedsl/magedsl/blob/main/docs/diagnostics/{id}.md");
}
