using Tests.Shared;

namespace Mage.Tests.Folders;

/// <summary>The folders of the library and of the command, in the order in which they may use each other: each only those before it.</summary>
public class FolderTests
{
    [Fact]
    public void The_library_flows_one_way() => FolderOrder.Check(
        "src/Mage",
        ".", "Config", "Images", "Data", "Model", "Tokenizer", "Classification", "Sampling", "Evaluation", "Checkpoints/Pickle", "Checkpoints/Stored",
        "Checkpoints", "Perceptual", "Generation", "Training/Pictures", "Training/Progress", "Training/TensorBoard", "Training");

    [Fact]
    public void The_command_flows_one_way() => FolderOrder.Check("src/Cli", "Output", "Options", "Kernels", ".");
}
