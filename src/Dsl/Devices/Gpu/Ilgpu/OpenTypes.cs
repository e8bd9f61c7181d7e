using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using ILGPU;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// Lets the code that ILGPU makes at run time see the types of an assembly that are not public: kernels of internal and private classes have
/// arguments of such types. By itself it sees public ones, and asks for InternalsVisibleTo("ILGPURuntime") for internal ones.
/// </summary>
internal static class OpenTypes
{
    private static readonly PropertyInfo System = typeof(Context).GetProperty(
        "RuntimeSystem", BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        ?? throw new MissingMemberException(nameof(Context), "RuntimeSystem");

    private static readonly FieldInfo Builder = System.PropertyType.GetField("assemblyBuilder", BindingFlags.Instance | BindingFlags.NonPublic)
        ?? throw new MissingFieldException(System.PropertyType.Name, "assemblyBuilder");

    private static readonly ConstructorInfo Attribute = typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!;

    /// <summary>Opens the assemblies that a type is made of.</summary>
    public static void For(Context context, Type type)
    {
        var builder = (AssemblyBuilder)Builder.GetValue(System.GetValue(context))!;
        foreach (var assembly in Parts(type).Select(t => t.Assembly.GetName().Name!).Distinct())
            builder.SetCustomAttribute(new CustomAttributeBuilder(Attribute, [assembly]));
    }

    private static IEnumerable<Type> Parts(Type type) => type.GetGenericArguments().SelectMany(Parts).Append(type);
}
