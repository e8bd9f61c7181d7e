namespace System.Runtime.CompilerServices;

/// <summary>The runtime knows it by its name: an assembly that has it may use what is not public in the one that it names.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    /// <summary>The assembly's name.</summary>
    public string AssemblyName => assemblyName;
}
