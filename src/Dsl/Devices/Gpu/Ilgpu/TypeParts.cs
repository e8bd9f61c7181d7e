namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>What a constructed type is made of.</summary>
internal static class TypeParts
{
    /// <summary>The type, and those that it has as arguments, and theirs.</summary>
    public static IEnumerable<Type> Of(Type type) => type.GetGenericArguments().SelectMany(Of).Prepend(type);
}
