using Mage.Training.Progress;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Mage.Cli.Output;

/// <summary>Progress as a bar that is redrawn in place.</summary>
internal sealed class LiveProgress(IAnsiConsole console) : IProgressDisplay
{
    /// <inheritdoc/>
    public void Run(string stage, int done, int total, int batch, Action<Action<int, StepReport>> work)
    {
        var details = new DetailsColumn();
        console.Progress()
            .HideCompleted(false)
            .AutoRefresh(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn { Width = 24 }, new PercentageColumn(), details)
            .Start(context =>
            {
                var task = context.AddTask($"[bold]{Markup.Escape(stage)}[/]", maxValue: total);
                task.Value = done;
                var clock = new StepClock(done, total, batch);
                clock.Tick(done);
                work((step, report) =>
                {
                    clock.Tick(step);
                    details.Text = clock.Describe(report);
                    task.Value = step;
                });
            });
    }

    /// <inheritdoc/>
    public void Note(string line) => console.MarkupLine($"[grey]{Markup.Escape(line)}[/]");

    private sealed class DetailsColumn : ProgressColumn
    {
        // Written by the training thread, read by the one that draws; a reference is replaced whole.
        private volatile string text = "starting";

        public string Text
        {
            set => text = value;
        }

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(text);
    }
}
