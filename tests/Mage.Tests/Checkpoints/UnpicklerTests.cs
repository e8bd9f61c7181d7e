using Mage.Checkpoints.Pickle;

namespace Mage.Tests.Checkpoints;

/// <summary>What pickles may say, and what is refused.</summary>
public class UnpicklerTests
{
    [Fact]
    public void Plain_values_come_as_they_are()
    {
        // {'a': [1, -2, 2**80], 'b': (0.5, None, True), 'c': b'xy'} with a list that is kept and taken twice.
        var pickle = new PickleBuilder(protocol: 4).Code(0x95, new byte[8]).Code("}(").Code(0x8C, 1, (byte)'a')
            .Code("](").Whole(1).Code('J', 254, 255, 255, 255).Code(0x8A, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1).Code("e").Code(0x94)
            .Text("b").Code('G', 0x3F, 0xE0, 0, 0, 0, 0, 0, 0).Code('N').Code(0x88).Code(0x87)
            .Text("c").Code('C', 2, (byte)'x', (byte)'y').Text("again").Code('h', 0).Code("u").End();
        var found = Assert.IsType<PickleDictionary>(Unpickler.Read(pickle));
        var list = Assert.IsType<PickleSequence>(found["a"]);
        Assert.Equal(["1", "-2", "1208925819614629174706176"], list.Items.Select(item => item.ToString()));
        Assert.Equal(["0.5", "None", "True"], Assert.IsType<PickleSequence>(found["b"]).Items.Select(item => item.ToString()));
        Assert.Equal("xy"u8.ToArray(), Assert.IsType<PickleBytes>(found["c"]).Value);
        Assert.Same(list, found["again"]);
    }

    [Fact]
    public void A_list_may_hold_itself()
    {
        var list = Assert.IsType<PickleSequence>(Unpickler.Read(new PickleBuilder().Code("]").Code('q', 0).Code('h', 0).Code("a").End()));
        Assert.Same(list, Assert.Single(list.Items));
        Assert.Equal("a list of 1", list.ToString());
    }

    public static TheoryData<string, string, string> Names => new()
    {
        { "os", "system", "os.system" },
        { "builtins", "eval", "builtins.eval" },
        { "torch._utils", "_rebuild_tensor", "torch._utils._rebuild_tensor," },
        { "torch", "FloatStorage.__init__", "torch.FloatStorage.__init__" },
        { "collections.OrderedDict", "fromkeys", "collections.OrderedDict.fromkeys" },
        { "numpy.core.multiarray", "_reconstruct", "numpy.core.multiarray._reconstruct" },
        { "a\u001b[2J", "b", "a??2J.b" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Other_names_are_refused_however_they_are_said(string module, string name, string said)
    {
        foreach (var builder in (PickleBuilder[])[new PickleBuilder().Global(module, name), new PickleBuilder(4).Text(module).Text(name).Code(0x93)])
        {
            // Also where the name is only mentioned, and never called.
            var message = Assert.Throws<PickleException>(() => Unpickler.Read(builder.End())).Message;
            Assert.Contains(said, message, StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', message);
        }
    }

    public static TheoryData<byte[], string> Refused => new()
    {
        { [], "1 bytes, of which there are only 0" },
        { [0x80], "of which there are only 0" },
        { [0x80, 1, (byte)'N', (byte)'.'], "protocol 1" },
        { [0x80, 5, (byte)'N', (byte)'.'], "protocol 5" },
        { new PickleBuilder().End(), "0 values left over" },
        { new PickleBuilder().Code("NN").End(), "2 values left over" },
        { new PickleBuilder().Code("N(").End(), "left over" },
        { new PickleBuilder().Code('i').Code("os\nsystem\n").End(), "opcode 0x69" },
        { new PickleBuilder().Code('o').End(), "opcode 0x6f" },
        { new PickleBuilder().Code(0x82, 1).End(), "opcode 0x82" },
        { new PickleBuilder().Code(0x92).End(), "opcode 0x92" },
        { new PickleBuilder().Code('X', 255, 255, 255, 127).Code("abc").End(), "2147483647 bytes, of which there are only 4" },
        { new PickleBuilder().Code('B', 255, 255, 255, 255).End(), "4294967295 bytes" },
        { new PickleBuilder().Code('X', 1, 0, 0, 0, 0xFF).End(), "no UTF-8" },
        { new PickleBuilder().Code('c').Code(new string('x', 300)).End(), "a name without end" },
        { new PickleBuilder().Code('h', 3).End(), "the value number 3" },
        { new PickleBuilder().Code('q', 3).End(), "a value is wanted" },
        { new PickleBuilder().Code("t").End(), "a bracket is wanted" },
        { new PickleBuilder().Code("N(").Code(0x85).End(), "a value is wanted" },
        { new PickleBuilder().Code("N").Code("Na").End(), "an item is wanted" },
        { new PickleBuilder().Code(")Na").End(), "an item is wanted" },
        { new PickleBuilder().Code("](NNu").End(), "an item of a dictionary" },
        { new PickleBuilder().Code("}(NNNu").End(), "an item of a dictionary" },
        { new PickleBuilder().Code("}Nb").End(), "attributes" },
        { new PickleBuilder().Code("N}b").End(), "attributes" },
        { new PickleBuilder().Text("os.system").Code(")R").End(), "calls os.system" },
        { new PickleBuilder().Global("torch", "FloatStorage").Code(")R").End(), "calls torch.FloatStorage" },
        { new PickleBuilder().Global("collections", "OrderedDict").Code("NR").End(), "calls collections.OrderedDict" },
        { new PickleBuilder().Global("argparse", "Namespace").Code("N").Code(0x85).Code(0x81).End(), "other arguments" },
        { new PickleBuilder().Text("x").Code("Q").End(), "no storage" },
        { new PickleBuilder().Tensor("FloatStorage", "0", 6, 0, [2, 3], [3, 2]).End(), "ends at element 8 of 6" },
        { new PickleBuilder().Tensor("FloatStorage", "0", 6, 1, [2, 3], [3, 1]).End(), "ends at element 7 of 6" },
        { new PickleBuilder().Tensor("FloatStorage", "0", 6, -1, [2], [1]).End(), "-1 as a size, stride or place" },
        { new PickleBuilder().Tensor("FloatStorage", "0", 6, 0, [-2], [1]).End(), "-2 as a size" },
        { new PickleBuilder().Tensor("FloatStorage", "0", 6, 0, [2], [-1]).End(), "-1 as a size" },
        { new PickleBuilder().Tensor("FloatStorage", "0", -6, 0, [0], [1]).End(), "no storage" },
        {
            new PickleBuilder().Tensor("FloatStorage", "0", long.MaxValue, long.MaxValue, [2, 2], [long.MaxValue, long.MaxValue]).End(),
            "ends at element"
        },
        { new PickleBuilder().Tensor("FloatStorage", "0", 6, 0, new int[20], new long[20]).End(), "20 dimensions" },
        { new PickleBuilder().Tensor("FloatStorage", "0", 6, 0, [1], []).End(), "1 dimensions with 0 strides" },
        { new PickleBuilder().Code(new string('(', 1001)).End(), "nested more than 1000 deep" },
        { new PickleBuilder().Code(new string('N', 1_000_001)).End(), "more than 1000000 values" },
        { new byte[Unpickler.MaxLength + 1], "at most 16777216 are read" },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void What_is_damaged_or_goes_too_far_is_refused(byte[] pickle, string because)
        => Assert.Contains(because, Assert.Throws<PickleException>(() => Unpickler.Read(pickle)).Message, StringComparison.Ordinal);

    [Fact]
    public void Filling_a_dictionary_with_itself_ends()
    {
        // Each round doubles it: 40 of them would be 2^40 items.
        var builder = new PickleBuilder().Code("}").Code('q', 0).Text("a").Code("Ns");
        for (var i = 0; i < 40; i++)
        {
            builder.Code('h', 0).Code("b");
        }

        Assert.Contains("more than 1000000 values", Assert.Throws<PickleException>(() => Unpickler.Read(builder.End())).Message);
    }
}
