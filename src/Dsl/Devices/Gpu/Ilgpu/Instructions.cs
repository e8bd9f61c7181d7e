using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using ILGPU.IR.Types;
using ILGPU.IR.Values;

namespace MageDsl.Devices.Gpu.Ilgpu;

/// <summary>
/// What a method is on a device, in the device's own words. In the text, <c>%0</c>, <c>%1</c> and so on are the numbers of the result (each field
/// of a struct is one), then those of the arguments, <c>%0-3</c> the first four of them; <c>%s0</c> and <c>%g0</c> are an address that was passed by
/// reference, in the memory of a group and of the device, <c>%q0</c> one of the device's memory as any memory is addressed, and <c>%n0-63</c>
/// registers that an instruction before has declared as <c>sum</c>.
/// Where there is no text for a device, the method is compiled as any other.
/// </summary>
/// <param name="ptx">Instructions of PTX.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class InstructionAttribute(string ptx) : Attribute
{
    /// <summary>Instructions of PTX.</summary>
    public string Ptx { get; } = ptx;

    /// <summary>
    /// If it is not 0, how often the instructions are repeated: each time for the next number of the result, as <c>%0</c>, and the next register that
    /// was declared, as <c>%n</c>.
    /// </summary>
    public int Times { get; init; }

    /// <summary>The first of these registers.</summary>
    public int From { get; init; }

    /// <summary>An expression of OpenCL C.</summary>
    public string? OpenCl { get; init; }
}

/// <summary>
/// Methods that are instructions of a device, for which ILGPU has no word. Its inline assembly puts results into local memory; the intrinsics that
/// it has itself are open to others, and their results stay in registers.
/// </summary>
internal static partial class Instructions
{
    /// <summary>Teaches a context how to write the methods of these types that are instructions.</summary>
    public static void Register(Context.Builder builder, params IEnumerable<Type> types)
    {
        var manager = builder.GetIntrinsicManager();
        foreach (var method in types.SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static)))
        {
            if (method.GetCustomAttribute<InstructionAttribute>() is not { } instruction) continue;
            const IntrinsicImplementationMode Mode = IntrinsicImplementationMode.GenerateCode;
            manager.RegisterMethod(method, new PTXIntrinsic(typeof(Instructions), nameof(WritePtx), Mode));
            if (instruction.OpenCl is not null) manager.RegisterMethod(method, new CLIntrinsic(typeof(Instructions), nameof(WriteOpenCl), Mode));
        }
    }

    private static void WritePtx(PTXBackend backend, PTXCodeGenerator generator, Value value)
    {
        var (call, instruction) = ((MethodCall)value, Of((MethodCall)value));
        var registers = new List<PTXCodeGenerator.HardwareRegister>();
        var addresses = new StringBuilder();
        if (!call.Type.IsVoidType) Add(generator.Allocate(call));
        foreach (var argument in call.Nodes) Add(generator.Load(argument));
        for (var i = 0; i < instruction.Times; i++)
        {
            var one = instruction.Ptx.Replace("%n", Declared(instruction.From + i), StringComparison.Ordinal);
            generator.Builder.Append($"\t{(registers.Count == 0 ? one : one.Replace("%0", Name(registers[i]), StringComparison.Ordinal))};\n");
        }
        if (instruction.Times > 0) return;
        var text = Operand.Replace(instruction.Ptx, match =>
        {
            var (first, last) = (match.Groups["first"], match.Groups["last"]);
            var (begin, end) = (Number(first), Number(last.Success ? last : first) + 1);
            if (match.Groups["space"].Value == "n") return string.Join(", ", Enumerable.Range(begin, end - begin).Select(Declared));
            var named = registers[begin..end];
            return match.Groups["space"] is { Length: > 0 } space
                ? Address(space.Value, first.Value, named[0]) : string.Join(", ", named.Select(Name));
        });
        generator.Builder.Append(addresses.Length == 0 ? $"\t{text};\n" : $"\t{{ {addresses}{text}; }}\n");

        void Add(PTXCodeGenerator.Register register)
        {
            if (register is PTXCodeGenerator.CompoundRegister compound)
            {
                foreach (var part in compound.Children) Add(part);
                return;
            }
            registers.Add(generator.EnsureHardwareRegister((PTXCodeGenerator.PrimitiveRegister)register));
        }

        // A register of its own, of the width that the space has. ILGPU's is generic where it does not know the space.
        string Address(string letter, string number, PTXCodeGenerator.HardwareRegister register)
        {
            var (name, isShared, isAny) = ($"a{number}", letter == "s", letter == "q");
            var own = isShared ? MemoryAddressSpace.Shared : MemoryAddressSpace.Global;
            var isThere = register.Type is AddressSpaceType type && type.AddressSpace == own;
            var move = isThere == isAny ? $"cvta.{(isAny ? "" : "to.")}{(isShared ? "shared" : "global")}.u64" : "mov.b64";
            addresses.Append($".reg .b64 {name}; {move} {name}, {Name(register)}; ");
            if (!isShared) return name;
            addresses.Append($".reg .b32 s{number}; cvt.u32.u64 s{number}, {name}; ");
            return $"s{number}";
        }

        static string Declared(int number) => $"sum{number}";

        static int Number(Capture digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

        static string Name(PTXCodeGenerator.HardwareRegister register) => $"%{PTXCodeGenerator.GetStringRepresentation(register)}";
    }

    private static void WriteOpenCl(CLBackend backend, CLCodeGenerator generator, Value value)
    {
        var call = (MethodCall)value;
        var arguments = call.Nodes.ToArray().Select(node => generator.Load(node)).ToArray();
        using var statement = generator.BeginStatement(generator.Allocate(value));
        var text = Of(call).OpenCl!;
        var at = 0;
        foreach (Match match in Operand.Matches(text))
        {
            statement.AppendCommand(text[at..match.Index]);
            statement.Append(arguments[int.Parse(match.Groups["first"].ValueSpan, CultureInfo.InvariantCulture) - 1]);
            at = match.Index + match.Length;
        }
        if (at < text.Length) statement.AppendCommand(text[at..]);
    }

    private static InstructionAttribute Of(MethodCall call) => ((MethodInfo)call.Target.Source!).GetCustomAttribute<InstructionAttribute>()!;

    [GeneratedRegex("%(?<space>[sgqn]?)(?<first>[0-9]+)(-(?<last>[0-9]+))?")]
    private static partial Regex Operand { get; }
}
