using Mage.Model;
using MageDsl;
using static Mage.Model.ContrastKernels;

namespace Mage.Training;

/// <summary>A batch of images as the model sees it in a step.</summary>
/// <param name="Codes">The tokens of the images, row by row.</param>
/// <param name="Plan">What of them is masked.</param>
/// <param name="Classes">The class of each image, -1 for none.</param>
/// <param name="Dropout">What else is dropped.</param>
internal sealed record MaskedView(int[] Codes, MaskPlan Plan, int[] Classes, Dropout Dropout);

/// <summary>What a batch makes small.</summary>
/// <param name="Total">The loss that is minimised: a scalar.</param>
/// <param name="Accuracy">The share of masked tokens that the model guesses right: a scalar.</param>
/// <param name="Contrast">The contrastive loss, not weighted: a scalar; null where there is none.</param>
internal sealed record MageLosses(Tensor Total, Tensor Accuracy, Tensor? Contrast = null);

/// <summary>The loss of MAGE: masked tokens are guessed, and images are told from each other, if that is asked for.</summary>
/// <param name="model">The model that is trained.</param>
/// <param name="teacher">The average of its weights, which sees echoes; null where none are made.</param>
/// <param name="contrastWeight">Weight of the contrastive loss.</param>
internal sealed class MageObjective(MaskedGenerativeEncoder model, MaskedGenerativeEncoder? teacher, float contrastWeight)
{
    /// <summary>The loss of images by themselves.</summary>
    public MageLosses Of(MaskedView view)
    {
        var pass = Reconstruct(view);
        return new MageLosses(pass.Loss, pass.Accuracy);
    }

    /// <summary>
    /// The loss of two views of the same images (MAGE-C): the mean of both reconstruction losses, and a contrastive loss between the views, masked
    /// as they are.
    /// </summary>
    public MageLosses Of(MaskedView first, MaskedView second)
    {
        var (one, other) = (Reconstruct(first), Reconstruct(second));
        return WithContrast(MeanOfBoth(one.Loss, other.Loss), MeanOfBoth(one.Accuracy, other.Accuracy), Vectors(one), Vectors(other));
    }

    /// <summary>
    /// The loss of images and of their echoes: what the model guesses fills the masked tokens, and the teacher's vector of the whole is the
    /// positive. No gradient goes through the guesses or the teacher.
    /// </summary>
    public MageLosses OfEcho(MaskedView view)
    {
        var pass = Reconstruct(view);
        return WithContrast(pass.Loss, pass.Accuracy, Vectors(pass), TeacherVectors(Echo(view, pass)));
    }

    private MageReconstruction Reconstruct(MaskedView view)
    {
        var tokens = TokenBatch.Masked(view.Codes, view.Plan, model.Vocabulary, view.Classes);
        return model.Reconstruct(tokens, Tensor.From(view.Codes, view.Plan.Batch, view.Plan.Tokens), view.Dropout);
    }

    private Tensor Vectors(MageReconstruction pass) => model.Contrast!.Vectors(pass.Latent);

    private TokenBatch Echo(MaskedView view, MageReconstruction pass)
    {
        using var paused = GradientTape.Pause();
        var echo = model.Guess(pass.Hidden).ToArray<int>();
        for (var i = 0; i < echo.Length; i++)
        {
            var (image, token) = (i / view.Plan.Tokens, i % view.Plan.Tokens);
            echo[i] = view.Plan.IsMasked(image, token) ? echo[i] : view.Codes[i];
        }

        return TokenBatch.Whole(echo, view.Plan.Batch, model.Vocabulary);
    }

    private Tensor TeacherVectors(TokenBatch echo)
    {
        using var paused = GradientTape.Pause();
        return teacher!.Contrast!.Vectors(teacher.Encode(echo));
    }

    private MageLosses WithContrast(Tensor reconstruction, Tensor accuracy, Tensor first, Tensor second)
    {
        var contrast = model.Contrast!.Loss(first, second);
        return new MageLosses(AddWeighted(reconstruction, contrast, contrastWeight), accuracy, contrast);
    }
}
