namespace Mage.Checkpoints.Pickle;

/// <summary>
/// Reads pickles of the protocols 2 to 4 as far as PyTorch's files need them (Python's pickletools describes the format). A pickle is a program
/// for a machine with a stack; this machine knows only what makes plain values, and nothing in it imports or runs anything. How much it makes is
/// bounded, so that no file can take more memory than <see cref="MaxValues"/> values do.
/// </summary>
internal sealed class Unpickler
{
    /// <summary>The longest pickle that is read, in bytes; that of an official MAGE file with 195 tensors has 35 kB.</summary>
    public const int MaxLength = 1 << 24;

    /// <summary>Most values that a pickle may make, and most that it may keep.</summary>
    public const int MaxValues = 1_000_000;

    /// <summary>Most brackets that may be open at once.</summary>
    public const int MaxDepth = 1000;

    private readonly List<PickleValue> stack = [];
    private readonly Stack<int> marks = [];
    private readonly Dictionary<uint, PickleValue> memo = [];
    private int made;

    private Unpickler()
    {
    }

    /// <summary>What a pickle describes.</summary>
    /// <exception cref="PickleException">It is damaged, too large, or asks for something that is not allowed.</exception>
    public static PickleValue Read(ReadOnlySpan<byte> pickle) => pickle.Length <= MaxLength
        ? new Unpickler().Run(new PickleReader(pickle))
        : throw new PickleException($"the pickle has {pickle.Length} bytes; at most {MaxLength} are read");

    private PickleValue Run(PickleReader reader)
    {
        while (true)
        {
            var code = reader.Byte();
            if (code == '.')
            {
                return stack is [var result] && marks.Count == 0 ? result : throw reader.Wrong($"its end with {stack.Count} values left over");
            }

            if (!Literal(code, ref reader) && !Container(code) && !Memory(code, ref reader) && !Name(code, ref reader))
            {
                throw new PickleException($"the pickle has the opcode 0x{code:x2} at byte {reader.Position - 1}, which PyTorch does not write");
            }
        }
    }

    /// <summary>Numbers, texts, and what begins a pickle.</summary>
    private bool Literal(byte code, ref PickleReader reader)
    {
        switch (code)
        {
            case 0x80: CheckProtocol(reader.Byte()); break;
            case 0x95: reader.Take(8); break; // FRAME: how much can be read ahead
            case (byte)'N': Push(PickleNone.Instance); break;
            case 0x88: Push(new PickleTruth(true)); break;
            case 0x89: Push(new PickleTruth(false)); break;
            case (byte)'J': Push(new PickleWhole(reader.Int32())); break;
            case (byte)'K': Push(new PickleWhole(reader.Byte())); break;
            case (byte)'M': Push(new PickleWhole(reader.UInt16())); break;
            case 0x8A: Push(new PickleWhole(reader.Whole(reader.Byte()))); break;
            case (byte)'G': Push(new PickleReal(reader.Double())); break;
            case (byte)'X': Push(new PickleText(reader.Text(reader.UInt32()))); break;
            case 0x8C: Push(new PickleText(reader.Text(reader.Byte()))); break;
            case (byte)'B': Push(new PickleBytes(reader.Take(reader.UInt32()).ToArray())); break;
            case (byte)'C': Push(new PickleBytes(reader.Take(reader.Byte()).ToArray())); break;
            default: return false;
        }

        return true;
    }

    /// <summary>Lists, tuples and dictionaries.</summary>
    private bool Container(byte code)
    {
        switch (code)
        {
            case (byte)'(': Mark(); break;
            case (byte)')': Push(new PickleSequence([], IsTuple: true)); break;
            case 0x85: Push(new PickleSequence(Last(1), IsTuple: true)); break;
            case 0x86: Push(new PickleSequence(Last(2), IsTuple: true)); break;
            case 0x87: Push(new PickleSequence(Last(3), IsTuple: true)); break;
            case (byte)'t': Push(new PickleSequence(ToMark(), IsTuple: true)); break;
            case (byte)']': Push(new PickleSequence([], IsTuple: false)); break;
            case (byte)'a': Append(Last(1)); break;
            case (byte)'e': Append(ToMark()); break;
            case (byte)'}': Push(new PickleDictionary([])); break;
            case (byte)'s': Set(Last(2)); break;
            case (byte)'u': Set(ToMark()); break;
            default: return false;
        }

        return true;
    }

    /// <summary>Values that are kept under a number, and taken again.</summary>
    private bool Memory(byte code, ref PickleReader reader)
    {
        switch (code)
        {
            case (byte)'q': Keep(reader.Byte()); break;
            case (byte)'r': Keep(reader.UInt32()); break;
            case 0x94: Keep((uint)memo.Count); break;
            case (byte)'h': Push(Kept(reader.Byte())); break;
            case (byte)'j': Push(Kept(reader.UInt32())); break;
            default: return false;
        }

        return true;
    }

    /// <summary>Names, calls of them, and what lies outside the pickle.</summary>
    private bool Name(byte code, ref PickleReader reader)
    {
        switch (code)
        {
            case (byte)'c': Push(PickleGlobals.Find(reader.Line(), reader.Line())); break;
            case 0x93: Push(Named(Last(2))); break;
            case (byte)'R' or 0x81: Push(Called(Last(2))); break;
            case (byte)'b': Build(Last(1)[0]); break;
            case (byte)'Q': Push(PickleGlobals.Storage(Last(1)[0])); break;
            default: return false;
        }

        return true;
    }

    private static PickleGlobal Named(List<PickleValue> words)
        => words is [PickleText module, PickleText name] ? PickleGlobals.Find(module.Value, name.Value) : throw Odd("a name");

    private static PickleValue Called(List<PickleValue> call) => PickleGlobals.Call(call[0], call[1]);

    private static void CheckProtocol(byte protocol)
    {
        if (protocol is < 2 or > 4)
        {
            throw new PickleException($"the pickle is of protocol {protocol}; PyTorch writes 2, and 2 to 4 are read");
        }
    }

    private void Push(PickleValue value)
    {
        Count(1);
        stack.Add(value);
    }

    private void Count(int values)
    {
        made += values;
        if (made > MaxValues)
        {
            throw new PickleException($"the pickle makes more than {MaxValues} values");
        }
    }

    private void Mark()
    {
        marks.Push(stack.Count);
        if (marks.Count > MaxDepth)
        {
            throw new PickleException($"the pickle is nested more than {MaxDepth} deep");
        }
    }

    private void Append(List<PickleValue> items)
    {
        if (Top() is not PickleSequence { IsTuple: false } list)
        {
            throw Odd("an item");
        }

        list.Items.AddRange(items);
    }

    private void Set(List<PickleValue> items)
    {
        if (Top() is not PickleDictionary dictionary || items.Count % 2 != 0)
        {
            throw Odd("an item of a dictionary");
        }

        for (var i = 0; i < items.Count; i += 2)
        {
            dictionary.Items.Add(KeyValuePair.Create(items[i], items[i + 1]));
        }
    }

    /// <summary>
    /// Attributes: those of a namespace are its items. An ordered dictionary has only <c>_metadata</c>, versions of modules, which nothing here
    /// needs; it is told apart by being filled already, or by what it is given.
    /// </summary>
    private void Build(PickleValue attributes)
    {
        if (Top() is not PickleDictionary dictionary || attributes is not PickleDictionary given)
        {
            throw Odd("a dictionary of attributes");
        }

        Count(given.Items.Count); // they may be the same ones again and again
        if (given["_metadata"] is null)
        {
            dictionary.Items.AddRange(given.Items);
        }
    }

    private void Keep(uint number)
    {
        memo[number] = Top();
        if (memo.Count > MaxValues)
        {
            throw new PickleException($"the pickle keeps more than {MaxValues} values");
        }
    }

    private PickleValue Kept(uint number) => memo.TryGetValue(number, out var value) ? value : throw Odd($"the value number {number}");

    // Below a bracket that is open nothing can be reached.
    private int Floor => marks.TryPeek(out var mark) ? mark : 0;

    private PickleValue Top() => stack.Count > Floor ? stack[^1] : throw Odd("a value");

    private List<PickleValue> Last(int count) => stack.Count - Floor >= count ? From(stack.Count - count) : throw Odd("a value");

    private List<PickleValue> ToMark() => marks.TryPop(out var mark) ? From(mark) : throw Odd("a bracket");

    private List<PickleValue> From(int start)
    {
        var items = stack.GetRange(start, stack.Count - start);
        stack.RemoveRange(start, items.Count);
        return items;
    }

    private static PickleException Odd(string what) => new($"the pickle is damaged: {what} is wanted where there is none that fits");
}
