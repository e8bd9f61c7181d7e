namespace Mage.Tests.Training;

/// <summary>Tests that look at something the whole process shares (memory, worker threads), so nothing else may run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
