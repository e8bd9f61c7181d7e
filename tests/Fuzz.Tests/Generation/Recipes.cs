namespace Fuzz.Tests.Generation;

/// <summary>Beginnings of programs that look like what people write; each returns the values that the rest may go on with.</summary>
internal static class Recipes
{
    private static readonly Func<ProgramBuilder, List<int>>[] All =
        [
            Attention, Attention, Attention, CrossEntropy, CrossEntropy, NormThenProduct,
            Perceptron, Convolution, Convolution2, Embedding, Reductions, Nothing, Nothing,
        ];

    public static List<int> Any(ProgramBuilder b) => All[b.Random.Next(All.Length)](b);

    private static void Sizes(ProgramBuilder b, long most, params string[] names)
    {
        var sizes = names.Select(_ => Size(b)).ToArray();
        while (sizes.Aggregate(1L, (n, s) => n * s) > most) sizes[Array.IndexOf(sizes, sizes.Max())] = b.Pick(1, 2, 3, 3, 5);
        for (var i = 0; i < names.Length; i++) b.Axis(names[i], sizes[i]);
    }

    public static int Size(ProgramBuilder b) => b.Pick(1, 2, 3, 3, 4, 5, 5, 7, 8, 9, 16, 17, 33, b.Pick(17, 31, 64, 67, 130));

    private static List<int> Attention(ProgramBuilder b)
    {
        Sizes(b, 12000, "b", "h", "t", "u", "e");
        string[] outer = [.. new[] { "b", "h" }.Where(_ => b.Chance(0.7))];
        var self = b.Chance(0.4);
        int query, key, value;
        if (self)
        {
            // Keys and values of the same positions, picked from one tensor or not.
            b.Axis("s", 3, isFixed: b.Chance(0.8));
            int x;
            if (b.Chance(0.5))
            {
                x = b.Tensor(["s", "t", "e", .. outer]);
            }
            else
            {
                b.Axis("d", b.Pick(2, 3, 5, 8));
                var input = b.Tensor([.. outer.Where(a => a == "b"), "t", "d"]);
                if (b.Chance(0.5)) input = Patterns.Norm(b, input, "d");
                x = b.Contract(input, b.Tensor(["s", "e", "d", .. outer.Where(a => a == "h")], -0.6, 0.6), "d");
                if (b.Chance(0.5)) x = b.Add(x, b.Tensor(["s", "e", .. outer.Where(a => a == "h")]));
            }
            query = b.PickAt(x, "s", 0);
            key = b.Rename(b.PickAt(x, "s", 1), "t", "w");
            value = b.Rename(b.PickAt(x, "s", 2), "t", "w");
        }
        else
        {
            query = b.Tensor([.. outer, "t", "e"]);
            key = b.Tensor([.. outer.Where(_ => b.Chance(0.9)), "u", "e"]);
            b.Axis("f", Size(b));
            value = b.Tensor([.. outer.Where(_ => b.Chance(0.9)), "u", b.Chance(0.6) ? "e" : "f"]);
            if (b.CountOf(b.AxesOf(query, value)) > 20000) value = b.Tensor(["u", "e"]);
            if (b.Chance(0.2)) query = Patterns.Norm(b, query, "e");
        }
        var keys = self ? "w" : "u";
        var scores = b.Contract(query, key, "e");
        if (b.Chance(0.7)) scores = b.Real($"{{0}} * Rsqrt({{1}}.Size(\"e\"))", b[scores].Axes, b[scores].Low, b[scores].High, false, scores, query);
        scores = Patterns.Decorate(b, scores, "t", keys, outer);
        if (b.Chance(0.08)) return [scores, b.Contract(b.Unary(b.Pick("Sigmoid", "Relu", "Gelu"), scores), value, keys)];
        var pool = new List<int> { scores };
        int attended;
        if (b.Chance(0.2))
        {
            // The division comes last.
            var (exponentials, sum) = Patterns.Exponentials(b, scores, keys);
            attended = b.Binary("/", b.Contract(exponentials, value, keys), sum);
            pool.Add(sum);
        }
        else
        {
            var probability = Patterns.Softmax(b, scores, keys);
            if (b.Chance(0.3)) probability = b.Dropout(probability);
            attended = b.Contract(probability, value, keys);
            pool.Add(probability);
            if (b.Chance(0.15)) pool.Add(b.Contract(probability, b.Tensor([keys]), keys));
        }
        if (b.Chance(0.2)) pool.Add(b.Reduce(b.Pick("Max", "Mean", "Sum"), scores, keys));
        if (b.Chance(0.4))
        {
            b.Axis("g", Size(b));
            string[] over = b.AxesOf(attended).Contains("h") && b.Chance(0.7) ? ["h", "e"] : ["e"];
            if (over.All(b.AxesOf(attended).Contains)) attended = b.Contract(attended, b.Tensor([.. over, "g"], -0.6, 0.6), over);
        }
        if (b.Chance(0.3)) attended = b.Add(attended, b.Tensor(b[attended].Axes));
        pool.Add(attended);
        return pool;
    }

    private static List<int> CrossEntropy(ProgramBuilder b)
    {
        Sizes(b, 6000, "b", "t", "u", "d");
        string[] rows = b.Chance(0.6) ? ["b", "t"] : ["t"];
        var x = b.Tensor([.. rows, "d"]);
        if (b.Chance(0.4)) x = Patterns.Norm(b, x, "d");
        var logits = b.Chance(0.8) ? b.Contract(x, b.Tensor(["u", "d"], -0.6, 0.6), "d") : b.Tensor([.. rows, "u"]);
        if (b.Chance(0.5)) logits = b.Add(logits, b.Tensor(["u"]));
        if (b.Chance(0.2)) logits = b.Mul(logits, b.Scalar());
        var target = b.Ids(rows, "u");
        var logProbability = Patterns.LogSoftmax(b, logits, "u");
        var loss = b.Unary("Neg", b.Gather(logProbability, "u", target));
        if (b.Chance(0.4)) loss = b.Binary("-", b.Scale(loss, 0.9), b.Scale(b.Reduce("Mean", logProbability, "u"), 0.1));
        var pool = new List<int> { logits, logProbability, loss };
        if (b.Chance(0.5))
        {
            var mask = b.Tensor(rows, 0.25, 2);
            if (b.Chance(0.5)) mask = b.Real("Select({0} > 1, 1, 0.25f)", b[mask].Axes, 0.25, 1, true, mask);
            loss = b.Binary("/", b.Reduce("Sum", b.Mul(loss, mask), rows), b.Reduce("Sum", mask, rows));
            pool.Add(loss);
        }
        if (b.Chance(0.2)) pool.Add(b.Reduce("Max", logits, "u"));
        if (b.Chance(0.2))
        {
            pool.Add(b.Unary("Square", b.Real("Log(Sum(Exp({0}), over: \"u\"))", rows, b[logits].Low, b[logits].High + 5, false, b.Bounded(logits))));
        }
        if (b.Chance(0.15) && b.IsFragile) pool.Add(b.ArgMax(logits, "u"));
        return pool;
    }

    private static List<int> NormThenProduct(ProgramBuilder b)
    {
        Sizes(b, 8000, "b", "t", "d", "f");
        var x = b.Tensor(b.Chance(0.5) ? ["b", "t", "d"] : ["t", "d"]);
        var norm = Patterns.Norm(b, x, "d");
        var product = Patterns.Linear(b, norm, "d", "f");
        if (b.Chance(0.5)) product = Patterns.Linear(b, product, "f", "d");
        if (b.Chance(0.5) && b[product].Axes.Contains("d")) product = b.Add(b.Chance(0.5) ? b.Dropout(product) : product, x);
        return [x, norm, product];
    }

    private static List<int> Perceptron(ProgramBuilder b)
    {
        Sizes(b, 8000, "n", "d", "f", "o");
        var x = b.Tensor(["n", "d"]);
        var hidden = Patterns.Linear(b, x, "d", "f");
        if (b.Chance(0.4)) hidden = b.Mul(hidden, Patterns.Linear(b, x, "d", "f"));
        if (b.Chance(0.3)) hidden = b.Dropout(hidden);
        return [x, hidden, Patterns.Linear(b, hidden, "f", b.Chance(0.3) ? "d" : "o")];
    }

    private static List<int> Convolution(ProgramBuilder b)
    {
        Sizes(b, 500, "b", "c", "o");
        b.Axis("h", b.Pick(3, 5, 8, 9, 17, 33));
        b.Axis("i", b.Pick(1, 2, 3, 3, 4), isFixed: b.Chance(0.6));
        var grouped = b.Chance(0.25);
        if (grouped) b.Axis("g", b.Pick(1, 2, 3));
        string[] g = grouped ? ["g"] : [];
        var signal = b.Tensor(["b", .. g, "c", "h"]);
        if (b.Chance(0.3)) signal = b.Unary(b.Pick("Swish", "Sin", "Square", "Relu"), signal);
        var depthwise = b.Chance(0.2);
        var filter = b.Tensor([.. g, .. depthwise ? new[] { "c" } : ["o", "c"], "i"], -0.6, 0.6);
        var (stride, pad) = (b.Pick(1, 1, 2, 3), b.Random.Next(3));
        var windows = b.Window(signal, "h", "i", filter, stride, pad);
        var result = b.Contract(windows, filter, depthwise ? ["i"] : ["c", "i"]);
        if (b.Chance(0.5)) result = b.Add(result, b.Tensor([depthwise ? "c" : "o"]));
        if (b.Chance(0.3)) result = Patterns.Norm(b, result, [.. b[result].Axes.Where(a => a is "o" or "c" || a.StartsWith('y'))]);
        return [signal, result];
    }

    private static List<int> Convolution2(ProgramBuilder b)
    {
        Sizes(b, 30, "b", "c", "o");
        b.Axis("h", b.Pick(3, 4, 5, 7));
        b.Axis("w", b.Pick(3, 4, 5, 9));
        b.Axis("i", b.Pick(1, 2, 3), isFixed: b.Chance(0.7));
        b.Axis("j", b.Pick(1, 2, 3), isFixed: b.Chance(0.7));
        var image = b.Tensor(["b", "c", "h", "w"]);
        var filter = b.Tensor(["o", "c", "i", "j"], -0.6, 0.6);
        var (stride, pad) = (b.Pick(1, 1, 2), b.Random.Next(2));
        var windows = b.Window(b.Window(image, "h", "i", filter, stride, pad), "w", "j", filter, stride, b.Random.Next(2));
        var result = b.Chance(0.75)
            ? b.Contract(windows, filter, "c", "i", "j")
            : b.Reduce(b.Pick("Max", "Mean"), b.Add(windows, b.Tensor(["i", "j"])), "i", "j");
        if (b.Chance(0.4) && b[result].Axes.Contains("o")) result = b.Add(result, b.Tensor(["o"]));
        if (b.Chance(0.4)) result = b.Unary(b.Pick("Swish", "Relu", "Gelu"), result);
        return [image, result];
    }

    private static List<int> Embedding(ProgramBuilder b)
    {
        Sizes(b, 3000, "b", "t", "v", "d");
        var table = b.Tensor(["v", "d"]);
        if (b.Chance(0.3)) table = b.Unary(b.Pick("Sin", "Tanh", "Square"), table);
        var ids = b.Ids(b.Chance(0.6) ? ["b", "t"] : ["t"], "v");
        var found = b.Gather(table, "v", ids);
        if (b.Chance(0.5)) found = b.Add(found, b.Tensor(["t", "d"]));
        if (b.Chance(0.5)) found = Patterns.Norm(b, found, "d");
        return [found];
    }

    private static List<int> Reductions(ProgramBuilder b)
    {
        Sizes(b, 3000, "a", "c", "d");
        var x = b.Tensor(["a", "c", "d"]);
        var y = b.Unary(ProgramBuilder.UnaryNames[b.Random.Next(ProgramBuilder.UnaryNames.Length)], x);
        var mean = b.Reduce(b.Pick("Mean", "Max", "Min", "Sum"), y, Patterns.Some(b, b[y].Axes));
        return [x, b.Binary(b.Pick("-", "*", "/", "+"), y, mean), mean];
    }

    private static List<int> Nothing(ProgramBuilder b)
    {
        Sizes(b, 2000, "a", "b", "c");
        return [b.Tensor(Patterns.Some(b, ["a", "b", "c"])), b.Tensor(Patterns.Some(b, ["a", "b", "c"]))];
    }
}
