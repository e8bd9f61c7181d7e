namespace MageDsl.Testing;

/// <summary>
/// Holds three derivatives of one kernel against each other: the compiled backward pass, forward mode over the definition, and
/// central differences of the definition. The first two are exact but for rounding, so they are compared closely, in many
/// places; the differences are there to tell whether forward mode is right, and take a few.
/// </summary>
internal sealed class DerivativeCheck
{
    // Below this norm errors count absolutely: a gradient that is zero in exact arithmetic has no relative error.
    public const double SmallestGradient = 1e-4;

    private readonly KernelInfo kernel;
    private readonly KernelArguments arguments;
    private readonly NumericGradient numeric;
    private readonly ForwardGradient forward;
    private readonly GradientCheckOptions options;
    private readonly Random random;

    public DerivativeCheck(
        KernelInfo kernel, KernelArguments arguments, IReadOnlyDictionary<string, int> sizes, NumericGradient numeric, GradientCheckOptions options)
    {
        this.kernel = kernel;
        this.arguments = arguments;
        this.numeric = numeric;
        this.options = options;
        forward = new ForwardGradient(kernel, arguments, sizes, numeric);
        random = new Random(options.Seed + 2);
    }

    /// <summary>Checks a compiled gradient at some elements and along a random direction. Null for a parameter without elements.</summary>
    public DerivativeComparison? Check(int parameter, double[] compiled)
    {
        if (compiled.Length == 0) return null;
        var places = Places(compiled);
        var exact = places.Select(place => forward.Derivative(parameter, place.Direction)).ToArray();
        var norm = Math.Max(Math.Max(Compare.Norm([.. exact.SkipLast(1)]), Compare.Norm(compiled)), SmallestGradient);

        var worst = 0;
        var (largest, wrong) = (-1.0, 0);
        for (var i = 0; i < places.Count; i++)
        {
            var error = Compare.Error(places[i].Compiled, exact[i], norm * places[i].Length);
            if (!(error <= options.GradientTolerance)) wrong++;
            if (error > largest) (largest, worst) = (error, i);
        }
        var difference = Difference(worst);
        var found = new DerivativeComparison(
            new GradientError(
                kernel.Parameters[parameter].Name, largest, places[worst].Index, places[worst].Compiled, exact[worst], difference.Value),
            [], []);
        if (!(largest <= options.GradientTolerance)) ReportCompiled();
        foreach (var i in new[] { worst, places.Count - 1 }.Distinct())
        {
            var taken = i == worst ? difference : Difference(i);
            if (!(taken.Error <= options.DifferenceTolerance)) ReportForward(i, taken);
        }
        return found;

        (double Value, double Error) Difference(int i) =>
            numeric.Derivative(parameter, places[i].Direction, exact[i], norm * places[i].Length, options.DifferenceTolerance);

        void ReportCompiled()
        {
            var sides = Compare.Error(difference.Value, exact[worst], norm * places[worst].Length) <= options.DifferenceTolerance ? "forward mode"
                : Compare.Error(difference.Value, places[worst].Compiled, norm * places[worst].Length) <= options.DifferenceTolerance
                    ? "the compiled one"
                : "neither";
            found.WrongCompiled.Add(
                $"gradient of {kernel.Parameters[parameter].Name} {places[worst].Text} is {places[worst].Compiled:R} compiled, " +
                $"but {exact[worst]:R} by forward mode over the definition " +
                $"(relative error {largest:E1}, {options.GradientTolerance:E0} accepted; {wrong} of {places.Count} comparisons fail); " +
                $"central differences, {difference.Value:R}, agree with {sides}");
        }

        void ReportForward(int i, (double Value, double Error) taken) =>
            found.WrongForward.Add(
                $"gradient of {kernel.Parameters[parameter].Name} {places[i].Text} is {exact[i]:R} by forward mode over the definition, " +
                $"but {taken.Value:R} by central differences of it " +
                $"(relative error {taken.Error:E1}, {options.DifferenceTolerance:E0} accepted); compiled it is {places[i].Compiled:R}");
    }

    /// <summary>Single elements, drawn if there are many, and last a direction through all of them.</summary>
    private List<Place> Places(double[] compiled)
    {
        var elements = Enumerable.Range(0, compiled.Length).ToArray();
        if (elements.Length > options.MaxElements)
        {
            random.Shuffle(elements);
            elements = elements[..options.MaxElements];
        }
        var places = elements.Select(element => new Place(element, Unit(compiled.Length, element), compiled[element], 1)).ToList();

        // Along a direction errors add up like its length; so may what they are measured against.
        double[] direction = compiled.Length == 1 ? [1] : [.. compiled.Select(_ => 2 * random.NextDouble() - 1)];
        var along = direction.Zip(compiled, (a, b) => a * b).Sum();
        places.Add(new Place(-1, direction, along, Math.Max(1, Math.Sqrt(direction.Sum(a => a * a)))));
        return places;
    }

    private static double[] Unit(int count, int at)
    {
        var direction = new double[count];
        direction[at] = 1;
        return direction;
    }

    /// <summary>
    /// Where derivatives are compared: an element, or -1 for a direction through all; the direction, and the compiled derivative along it.
    /// </summary>
    private sealed record Place(int Index, double[] Direction, double Compiled, double Length)
    {
        public string Text => Index < 0 ? "along a direction through all elements" : $"at index {Index}";
    }
}

/// <summary>
/// The derivatives of one parameter: the worst place, and where compiled and forward mode, or forward mode and differences, disagree.
/// </summary>
internal sealed record DerivativeComparison(GradientError Worst, List<string> WrongCompiled, List<string> WrongForward);
