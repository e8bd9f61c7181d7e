namespace MageDsl.Devices.Cpu;

/// <summary>
/// Asks the generator for the members of <paramref name="wider"/> at half the vector width: a name that ends in 512, 256 or 128 ends in half of
/// that. A member that the marked type has itself, of the same name and parameters, stands in place of the wider type's.
/// </summary>
/// <param name="wider">A type of this project, whose members are its own or taken in the same way.</param>
[AttributeUsage(AttributeTargets.Struct | AttributeTargets.Class)]
internal sealed class HalfWidthOfAttribute(Type wider) : Attribute
{
    /// <summary>The type with vectors of twice the width.</summary>
    public Type Wider { get; } = wider;
}
