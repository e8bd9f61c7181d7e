namespace Mage.Training;

/// <summary>
/// Makes what coming steps need on other threads while a step runs, a few steps ahead and no more. What comes out of a step depends on nothing
/// but the step, so neither threads nor a resumed run change it.
/// </summary>
/// <param name="prepare">Called in order on the thread that takes, for a step; what it returns runs on any thread.</param>
/// <param name="steps">How many steps ahead.</param>
internal sealed class Ahead<T>(Func<int, Func<T>> prepare, int steps)
{
    private readonly Queue<Task<T>> queue = [];
    private int first;

    /// <summary>What a step needs; waits until it is made. Steps are taken in order; another one begins anew.</summary>
    public T Take(int step)
    {
        if (step != first)
        {
            queue.Clear();
            first = step;
        }

        while (queue.Count <= steps)
        {
            queue.Enqueue(Task.Run(prepare(first + queue.Count)));
        }

        first++;
        return queue.Dequeue().GetAwaiter().GetResult();
    }
}
