using System.Globalization;
using SmallNet;

const int Steps = 300;
var training = new Training(width: 32, seed: 1);
training.Run(Spirals.Draw(600, seed: 1), Steps, (step, loss) =>
{
    if (step % 50 == 0 || step == Steps - 1)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {step,3}  loss {loss:F4}"));
    }
});
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture, $"accuracy on other points of the spiral: {training.Accuracy(Spirals.Draw(600, seed: 2)):P1}"));
