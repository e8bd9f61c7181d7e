namespace Mage.Generation;

/// <summary>A window of a canvas.</summary>
/// <param name="Row">Its number from above.</param>
/// <param name="Column">Its number from the left.</param>
/// <param name="Top">Its first row.</param>
/// <param name="Left">Its first column.</param>
/// <param name="Hidden">How many of its pixels are hidden.</param>
internal readonly record struct EditWindow(int Row, int Column, int Top, int Left, int Hidden);

/// <summary>The windows that a canvas is filled by, and which of them come next.</summary>
internal sealed class EditWindows
{
    // Windows lie at multiples of this share of their size, so neighbours share enough to go on from.
    private const int StepsPerWindow = 4;

    private readonly EditCanvas canvas;
    private readonly int size;
    private readonly int step;
    private readonly EditWindow[][] rows;

    /// <summary>Counts what is hidden.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="size">Height and width of a window.</param>
    public EditWindows(EditCanvas canvas, int size)
    {
        (this.canvas, this.size, step) = (canvas, size, Math.Max(1, size / StepsPerWindow));
        rows = [.. Places(canvas.Height).Select((top, row) => Places(canvas.Width)
            .Select((left, column) => Counted(new EditWindow(row, column, top, left, 0))).ToArray())];
    }

    /// <summary>
    /// The windows to fill next, all at once; none if nothing is hidden. They are those that show something and have the least hidden of all that
    /// overlap them, and they keep a window's distance from each other, so that what is between them will see both. Where no window shows anything
    /// it is the first.
    /// </summary>
    public IReadOnlyList<EditWindow> Next()
    {
        var open = rows.SelectMany(row => row).Where(window => window.Hidden > 0).OrderBy(window => window.Hidden).ToList();
        var next = new List<EditWindow>();
        foreach (var window in open.TakeWhile(window => window.Hidden < size * size))
        {
            if (!next.Exists(other => AreWithin(2 * size, window, other))
                && Around(window).All(other => other.Hidden == 0 || other.Hidden >= window.Hidden))
            {
                next.Add(window);
            }
        }

        return next.Count > 0 ? next : [.. open.Take(1)];
    }

    /// <summary>Puts pixels in the place of what is hidden of a window.</summary>
    /// <param name="window">The window.</param>
    /// <param name="pixels">[C, size, size].</param>
    public void Fill(EditWindow window, ReadOnlySpan<float> pixels)
    {
        canvas.Fill(window.Top, window.Left, size, pixels);
        foreach (var other in Around(window).Where(other => other.Hidden > 0).ToList())
        {
            rows[other.Row][other.Column] = Counted(other);
        }
    }

    private EditWindow Counted(EditWindow window) => window with { Hidden = canvas.CountHidden(window.Top, window.Left, size) };

    /// <summary>The windows that overlap one, itself among them.</summary>
    private IEnumerable<EditWindow> Around(EditWindow window)
    {
        // The last place is nearer to the one before it than others are.
        var reach = (size / step) + 1;
        return Near(rows, window.Row).SelectMany(row => Near(row, window.Column)).Where(other => AreWithin(size, window, other));

        ArraySegment<T> Near<T>(T[] all, int index)
        {
            var first = Math.Max(0, index - reach);
            return new ArraySegment<T>(all, first, Math.Min(all.Length, index + reach + 1) - first);
        }
    }

    private static bool AreWithin(int distance, EditWindow one, EditWindow other)
        => Math.Abs(one.Top - other.Top) < distance && Math.Abs(one.Left - other.Left) < distance;

    private IEnumerable<int> Places(int length)
    {
        for (var place = 0; place < length - size; place += step)
        {
            yield return place;
        }

        yield return length - size;
    }
}
