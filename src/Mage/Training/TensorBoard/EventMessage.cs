using Google.Protobuf;
using Mage.Images;

namespace Mage.Training.TensorBoard;

/// <summary>
/// The few messages of TensorBoard that a run writes, field by field (TensorFlow, <c>event.proto</c> and <c>summary.proto</c>), by the writer of
/// Google.Protobuf.
/// </summary>
internal static class EventMessage
{
    private const int WallTime = 1;
    private const int Step = 2;
    private const int FileVersion = 3;
    private const int Summary = 5;
    private const int SessionLog = 7;
    private const int SessionStatus = 1;
    private const int SessionStart = 1;
    private const int SummaryValue = 1;
    private const int Tag = 1;
    private const int SimpleValue = 2;
    private const int Image = 4;
    private const int ImageHeight = 1;
    private const int ImageWidth = 2;
    private const int ImageColors = 3;
    private const int ImageBytes = 4;

    /// <summary>What a file begins with.</summary>
    public static byte[] Version(double time) => Event(time, 0, message => Text(message, FileVersion, "brain.Event:2"));

    /// <summary>Says that what was written before for this step and later ones is void: training goes on from before it.</summary>
    public static byte[] Start(double time, int step) => Event(
        time, step, message => Nested(message, SessionLog, status => Number(status, SessionStatus, SessionStart)));

    /// <summary>Numbers of a step, by their names.</summary>
    public static byte[] Scalars(double time, int step, IEnumerable<(string Name, double Value)> values) => Event(
        time, step, message => Nested(message, Summary, summary =>
        {
            foreach (var (name, value) in values)
            {
                Nested(summary, SummaryValue, one =>
                {
                    Text(one, Tag, name);
                    one.WriteTag(SimpleValue, WireFormat.WireType.Fixed32);
                    one.WriteFloat((float)value);
                });
            }
        }));

    /// <summary>A picture of a step.</summary>
    public static byte[] Picture(double time, int step, string name, PixelImage picture) => Event(
        time, step, message => Nested(message, Summary, summary => Nested(summary, SummaryValue, one =>
        {
            Text(one, Tag, name);
            Nested(one, Image, image =>
            {
                Number(image, ImageHeight, picture.Height);
                Number(image, ImageWidth, picture.Width);
                Number(image, ImageColors, picture.Channels);
                image.WriteTag(ImageBytes, WireFormat.WireType.LengthDelimited);
                image.WriteBytes(ByteString.CopyFrom(ImageWriter.Encode(picture, ImageFormat.Png)));
            });
        })));

    private static byte[] Event(double time, int step, Action<CodedOutputStream> write) => Bytes(message =>
    {
        message.WriteTag(WallTime, WireFormat.WireType.Fixed64);
        message.WriteDouble(time);
        Number(message, Step, step);
        write(message);
    });

    private static void Number(CodedOutputStream message, int field, int value)
    {
        message.WriteTag(field, WireFormat.WireType.Varint);
        message.WriteInt64(value);
    }

    private static void Text(CodedOutputStream message, int field, string value)
    {
        message.WriteTag(field, WireFormat.WireType.LengthDelimited);
        message.WriteString(value);
    }

    private static void Nested(CodedOutputStream message, int field, Action<CodedOutputStream> write)
    {
        message.WriteTag(field, WireFormat.WireType.LengthDelimited);
        message.WriteBytes(ByteString.CopyFrom(Bytes(write)));
    }

    private static byte[] Bytes(Action<CodedOutputStream> write)
    {
        using var memory = new MemoryStream();
        using (var message = new CodedOutputStream(memory, leaveOpen: true))
        {
            write(message);
        }

        return memory.ToArray();
    }
}
