using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Util;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// Lets devices have kernels whose types are not public. For each of them ILGPU writes a class with the arguments as fields (for the processor), or
/// with those in place of views (for drivers), into an assembly of its own, which has to be allowed to see their types.
/// </summary>
internal static class AccessRights
{
    private static readonly FieldInfo Builder
        = typeof(RuntimeSystem).GetField("assemblyBuilder", BindingFlags.Instance | BindingFlags.NonPublic)
        ?? throw new MissingFieldException(nameof(RuntimeSystem), "assemblyBuilder");

    private static readonly ConstructorInfo Attribute
        = typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!;

    private static readonly ConditionalWeakTable<Context, HashSet<string>> Granted = [];

    /// <summary>Grants a context access to a type.</summary>
    public static void Grant(Context context, Type type)
    {
        if (type.IsVisible) return;
        var granted = Granted.GetOrCreateValue(context);
        lock (granted) Grant(context, type, granted);
    }

    private static void Grant(Context context, Type type, HashSet<string> granted)
    {
        var before = granted.Count;
        granted.UnionWith(TypeParts.Of(type).Select(part => part.Assembly.GetName().Name!));
        if (granted.Count == before) return;

        // An assembly that has been used keeps the rights that it had, so there has to be a new one.
        context.RuntimeSystem.ClearCache(ClearCacheMode.Everything);
        var assembly = (AssemblyBuilder)Builder.GetValue(context.RuntimeSystem)!;
        foreach (var name in granted) assembly.SetCustomAttribute(new CustomAttributeBuilder(Attribute, [name]));
    }
}
