namespace System.Runtime.CompilerServices;

/// <summary>What records need from the framework and netstandard2.0 lacks.</summary>
internal static class IsExternalInit
{
}
