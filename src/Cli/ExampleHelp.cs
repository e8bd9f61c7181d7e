using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Mage.Cli;

/// <summary>The usual help, and below it examples.</summary>
internal sealed class ExampleHelp(HelpAction usual) : SynchronousCommandLineAction
{
    private static readonly Dictionary<string, string[]> Examples = new()
    {
        [""] =
        [
            "mage-dsl train                                 train on the images that come with the repository",
            "mage-dsl generate --count 16 --out new.png     new images from the newest run",
            "mage-dsl kernels show Normalization.LayerNorm  how a kernel was compiled",
        ],
        ["train"] =
        [
            "mage-dsl train                                 the sample of Fashion-MNIST, minutes on two cores",
            "mage-dsl train --data photos --channels 3 --image-size 64 --out runs/photos",
            "                                               a folder of PNG, JPEG or WebP files, or of a folder for each class",
            "mage-dsl train --preset tiny --seed 7          seconds, to see that all works",
            "mage-dsl train --resume runs/photos            go on after Ctrl-C",
            "mage-dsl train tokenizer --data photos --out runs/tokenizer",
            "mage-dsl train mage --tokenizer runs/tokenizer --data photos --set mage.classConditional=true",
            "mage-dsl train classifier --data photos --out runs/judge",
            "mage-dsl train --set mage.depth=8 --set mage.training.learningRate=5e-4",
            "mage-dsl train --set tokenizer.discriminator.enabled=true --set tokenizer.perceptual.file=ResNet18.onnx",
            "                                               a tokenizer whose images are sharper",
            "mage-dsl train --mage-batch 32 --set mage.training.accumulate=4",
            "                                               steps of 128 images in the memory of 32",
        ],
        ["tokenize"] =
        [
            "mage-dsl tokenize runs/tokenizer --views 10 --crop weak --flip --out photos.tokens",
            "mage-dsl train mage --tokenizer runs/tokenizer --data photos --set data.tokens=photos.tokens",
        ],
        ["generate"] =
        [
            "mage-dsl generate                              64 images from the newest run, into its folder",
            "mage-dsl generate runs/photos --count 16 --seed 3 --out new.png",
            "mage-dsl generate --class Sneaker --guidance 2   of a run that was trained with classes",
            "mage-dsl generate --class all --count 8 --order halton --schedule arccos",
            "mage-dsl generate --count 16 --record steps.webp --files new",
        ],
        ["edit"] =
        [
            "mage-dsl edit photo.png --box 8,8,16,16          make a rectangle anew",
            "mage-dsl edit photo.png --mask light-where.png --count 4 --out new.png",
            "mage-dsl edit photo.png --extend 32,0,32,0       outpaint to the left and to the right",
            "mage-dsl edit photo.png --uncrop 0.5             what might be around it",
            "mage-dsl edit photo.png --keep 0.2 --class Bag   from a fifth of its tokens, as a bag",
        ],
        ["reconstruct"] =
        [
            "mage-dsl reconstruct cat.png dog.png           with the newest run, into its folder",
            "mage-dsl reconstruct runs/photos photos/cats/*.png --out cats.png",
        ],
        ["probe"] =
        [
            "mage-dsl probe                                 the newest run",
            "mage-dsl probe runs/photos --data other-photos",
        ],
        ["evaluate"] =
        [
            "mage-dsl evaluate                              the newest run as it generates by itself",
            "mage-dsl evaluate --order confidence,halton --steps 4,8,12,20 --count 10000",
            "mage-dsl train classifier --data photos --out runs/judge",
            "mage-dsl evaluate runs/photos --classifier runs/judge --guidance 0,1,2,4",
        ],
        ["kernels"] =
        [
            "mage-dsl kernels                               every compiled kernel and its stages",
            "mage-dsl kernels show Normalization.LayerNorm  one of them: IR, stages, memory traffic, arithmetic",
        ],
        ["kernels show"] =
        [
            "mage-dsl kernels show LayerNorm --backward --measure",
            "mage-dsl kernels show Attention.SelfAttention --html attention.html --sizes b=4,t=257,u=257",
            "mage-dsl kernels show MlpBlock --off training --unfused --code",
            "mage-dsl kernels show MyLayers.RmsNorm --assembly bin/Release/net10.0/MyLayers.dll",
        ],
        ["checkpoint"] =
        [
            "mage-dsl checkpoint show vqgan.ckpt            models, keys and shapes",
            "mage-dsl checkpoint convert vqgan.ckpt vqgan.safetensors",
            "mage-dsl checkpoint diff a.pth b.safetensors   what differs; exit code 0 or 1",
        ],
        ["checkpoint show"] =
        [
            "mage-dsl checkpoint show mage-vitb-1600.pth",
            "mage-dsl checkpoint show runs/photos/mage.safetensors --values",
        ],
        ["checkpoint convert"] =
        [
            "mage-dsl checkpoint convert mage-vitb-1600.pth all.safetensors",
            "mage-dsl checkpoint convert mage-vitb-1600.pth tokenizer.safetensors --part tokenizer",
        ],
        ["checkpoint diff"] =
        [
            "mage-dsl checkpoint diff runs/a/mage.safetensors runs/b/mage.safetensors",
            "mage-dsl checkpoint diff mage-vitb-1600.pth runs/official/tokenizer.safetensors --part tokenizer",
        ],
        ["import"] =
        [
            "mage-dsl import mage-vitb-1600.pth --out runs/official",
            "mage-dsl import mage.pth --tokenizer vqgan.ckpt --out runs/mine --heads 4 --decoder-heads 8",
        ],
        ["export"] =
        [
            "mage-dsl export --out clothes                  of the newest run: what generate, edit, reconstruct and probe need",
            "mage-dsl export runs/photos --out photos --weights last",
        ],
        ["devices"] = ["mage-dsl devices", "MAGEDSL_THREADS=1 MAGEDSL_SIMD=256 mage-dsl devices"],
    };

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        usual.Invoke(parseResult);
        if (Examples.TryGetValue(parseResult.CommandResult.Path().TrimEnd(), out var lines))
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var line in lines)
            {
                output.WriteLine($"  {line}");
            }

            output.WriteLine();
        }

        return 0;
    }
}
