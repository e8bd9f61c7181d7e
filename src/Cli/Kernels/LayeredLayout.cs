namespace Mage.Cli.Kernels;

/// <summary>
/// Places the nodes of an acyclic graph in rows from top to bottom, each below what it is computed from. Long edges get a place of their
/// own in every row that they cross, so that they go between the nodes; rows are ordered so that few edges cross.
/// </summary>
internal sealed class LayeredLayout
{
    private const int OrderingSweeps = 8;
    private const int PlacingSweeps = 40;
    private const double Gap = 14;
    private const double DummyWidth = 6;

    private readonly List<double> widths;
    private readonly List<int> layers;
    private readonly List<List<int>> above;
    private readonly List<List<int>> below;
    private readonly List<List<int>> rows = [];
    private readonly Dictionary<(int From, int To), List<int>> chains = [];

    /// <param name="widths">The width of each node; nodes come after what they are computed from.</param>
    /// <param name="edges">From an earlier to a later node.</param>
    public LayeredLayout(IReadOnlyList<double> widths, IReadOnlyCollection<(int From, int To)> edges)
    {
        this.widths = [.. widths];
        layers = [.. widths.Select(_ => 0)];
        above = [.. widths.Select(_ => new List<int>())];
        below = [.. widths.Select(_ => new List<int>())];
        Count = widths.Count;
        AssignLayers(edges);
        foreach (var edge in edges)
        {
            AddChain(edge);
        }

        X = new double[layers.Count];
        for (var node = 0; node < layers.Count; node++)
        {
            while (rows.Count <= layers[node])
            {
                rows.Add([]);
            }

            rows[layers[node]].Add(node);
        }

        Order();
        Place();
    }

    /// <summary>The nodes that were given; the others are bends of edges.</summary>
    public int Count { get; }

    /// <summary>The centre of each node and bend.</summary>
    public double[] X { get; }

    /// <summary>The rows.</summary>
    public int Rows => rows.Count;

    /// <summary>The width of all.</summary>
    public double Width { get; private set; }

    /// <summary>The row of a node or bend.</summary>
    public int Layer(int node) => layers[node];

    /// <summary>The bends of an edge, from top to bottom.</summary>
    public IReadOnlyList<int> Bends((int From, int To) edge) => chains[edge];

    private void AssignLayers(IReadOnlyCollection<(int From, int To)> edges)
    {
        foreach (var (from, to) in edges.OrderBy(edge => edge.To))
        {
            layers[to] = Math.Max(layers[to], layers[from] + 1);
        }

        // What is read goes right above its first use.
        var read = Enumerable.Range(0, Count).Except(edges.Select(edge => edge.To)).ToArray();
        foreach (var node in read)
        {
            layers[node] = edges.Where(edge => edge.From == node).Select(edge => layers[edge.To] - 1).DefaultIfEmpty(layers[node]).Min();
        }
    }

    private void AddChain((int From, int To) edge)
    {
        var chain = new List<int>();
        var at = edge.From;
        for (var layer = layers[edge.From] + 1; layer < layers[edge.To]; layer++)
        {
            var bend = layers.Count;
            layers.Add(layer);
            widths.Add(DummyWidth);
            above.Add([]);
            below.Add([]);
            Connect(at, bend);
            chain.Add(bend);
            at = bend;
        }

        Connect(at, edge.To);
        chains[edge] = chain;
    }

    private void Connect(int from, int to)
    {
        below[from].Add(to);
        above[to].Add(from);
    }

    private void Order()
    {
        var position = new double[layers.Count];
        foreach (var row in rows)
        {
            Number(row);
        }

        for (var sweep = 0; sweep < OrderingSweeps; sweep++)
        {
            var down = sweep % 2 == 0;
            foreach (var row in down ? rows : Enumerable.Reverse(rows))
            {
                var neighbours = down ? above : below;
                var sorted = row.OrderBy(node => neighbours[node].Count == 0 ? position[node] : neighbours[node].Average(n => position[n])).ToList();
                row.Clear();
                row.AddRange(sorted);
                Number(row);
            }
        }

        void Number(List<int> row)
        {
            for (var i = 0; i < row.Count; i++)
            {
                position[row[i]] = (i + 0.5) / row.Count;
            }
        }
    }

    /// <summary>
    /// Every node wants to be where its neighbours are; those of a row push each other aside, from the middle of where they want to be.
    /// </summary>
    private void Place()
    {
        foreach (var row in rows)
        {
            Pack(row, row.Select((_, i) => (double)i * 100).ToArray());
        }

        for (var sweep = 0; sweep < PlacingSweeps; sweep++)
        {
            foreach (var row in sweep % 2 == 0 ? rows : Enumerable.Reverse(rows))
            {
                Pack(row, [.. row.Select(Wanted)]);
            }
        }

        var left = Enumerable.Range(0, X.Length).Select(i => X[i] - (widths[i] / 2)).DefaultIfEmpty().Min();
        for (var i = 0; i < X.Length; i++)
        {
            X[i] -= left;
        }

        Width = Enumerable.Range(0, X.Length).Select(i => X[i] + (widths[i] / 2)).DefaultIfEmpty().Max();
    }

    /// <summary>Where the neighbours are on average; that a bend stands below a bend, so that long edges are straight, counts most.</summary>
    private double Wanted(int node)
    {
        var (sum, weight) = (0.0, 0.0);
        foreach (var neighbour in above[node].Concat(below[node]))
        {
            var pull = IsBend(node) && IsBend(neighbour) ? 8 : IsBend(node) || IsBend(neighbour) ? 1 : 2;
            sum += pull * X[neighbour];
            weight += pull;
        }

        return weight == 0 ? X[node] : sum / weight;
    }

    private bool IsBend(int node) => node >= Count;

    /// <summary>Clusters of nodes that touch move together to the mean of what they want.</summary>
    private void Pack(List<int> row, double[] wanted)
    {
        var clusters = new List<(double Centre, double Width, int First, int Last)>();
        for (var i = 0; i < row.Count; i++)
        {
            var cluster = (Centre: wanted[i], Width: widths[row[i]] + Gap, First: i, Last: i);
            while (clusters.Count > 0 && clusters[^1] is var before && before.Centre + (before.Width / 2) > cluster.Centre - (cluster.Width / 2))
            {
                clusters.RemoveAt(clusters.Count - 1);
                cluster = Merge(before, cluster);
            }

            clusters.Add(cluster);
        }

        foreach (var cluster in clusters)
        {
            var x = cluster.Centre - (cluster.Width / 2);
            for (var i = cluster.First; i <= cluster.Last; i++)
            {
                X[row[i]] = x + ((widths[row[i]] + Gap) / 2);
                x += widths[row[i]] + Gap;
            }
        }

        static (double Centre, double Width, int First, int Last) Merge(
            (double Centre, double Width, int First, int Last) a, (double Centre, double Width, int First, int Last) b)
        {
            var (m, n) = (a.Last - a.First + 1, b.Last - b.First + 1);
            // Where the middle of the whole has to be for each part to be where it wants.
            var centre = ((m * (a.Centre + (b.Width / 2))) + (n * (b.Centre - (a.Width / 2)))) / (m + n);
            return (centre, a.Width + b.Width, a.First, b.Last);
        }
    }
}
