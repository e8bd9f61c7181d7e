using System.Numerics;
using MageDsl.Devices.Cpu;

namespace MageDsl.Tests.Cpu;

/// <summary>The probe of one vector type.</summary>
internal sealed unsafe class SimdProbe<T, S, V> : SimdProbe
    where T : unmanaged, INumber<T>
    where S : struct, ISimd<T, V>
    where V : unmanaged
{
    public override int Width => S.Width;

    public override bool Single => typeof(T) == typeof(float);

    public override double[] Unary(string name, double[] a) => Map(a, a, a, (x, _, _) => name switch
    {
        "Neg" => S.Neg(x),
        "Abs" => S.Abs(x),
        "Sqrt" => S.Sqrt(x),
        "Rsqrt" => S.Rsqrt(x),
        "Floor" => S.Floor(x),
        "Exp" => S.Exp(x),
        "Log" => S.Log(x),
        "Erf" => S.Erf(x),
        "Tanh" => S.Tanh(x),
        "Sigmoid" => S.Sigmoid(x),
        "Sin" => S.Sin(x),
        "Cos" => S.Cos(x),
        _ => throw new ArgumentException(name),
    });

    public override double[] Binary(string name, double[] a, double[] b) => Map(a, b, b, (x, y, _) => name switch
    {
        "Add" => S.Add(x, y),
        "Sub" => S.Sub(x, y),
        "Difference" => S.Difference(x, y),
        "Mul" => S.Mul(x, y),
        "Gate" => S.Gate(x, y),
        "Div" => S.Div(x, y),
        "Min" => S.Min(x, y),
        "Max" => S.Max(x, y),
        "Pow" => S.Pow(x, y),
        "Atan2" => S.Atan2(x, y),
        "Less" => One(S.Less(x, y)),
        "LessEqual" => One(S.LessEqual(x, y)),
        "Equal" => One(S.Equal(x, y)),
        "And" => One(S.And(S.Less(x, y), S.Less(S.Create(0.0), y))),
        "Or" => One(S.Or(S.Less(x, y), S.Less(S.Create(0.0), y))),
        "Not" => One(S.Not(S.Less(x, y))),
        _ => throw new ArgumentException(name),
    });

    public override double[] Ternary(string name, double[] a, double[] b, double[] c) => Map(a, b, c, (x, y, z) => name switch
    {
        "Fma" => S.Fma(x, y, z),
        "Select" => S.Select(S.Less(x, y), y, z),
        _ => throw new ArgumentException(name),
    });

    public override double Reduce(string name, double[] a)
    {
        var v = Vector(a);
        return double.CreateChecked(name switch
        {
            "Sum" => S.Sum(v),
            "Max" => S.Max(v),
            "Min" => S.Min(v),
            "First" => S.First(v),
            _ => throw new ArgumentException(name),
        });
    }

    public override double[] Load(string name, double[] memory, int origin, long first, long second, long third)
    {
        fixed (T* start = Elements(memory))
        {
            var p = start + origin;
            return Lanes(name switch
            {
                "Load" => S.Load(p),
                "LoadTail" => S.LoadTail(p, (nint)first),
                "LoadWindow" => S.LoadWindow(p, (nint)first, (nint)second, (nint)third),
                "LoadStrided" => S.LoadStrided(p, (nint)first, (nint)second),
                _ => throw new ArgumentException(name),
            });
        }
    }

    public override double[] Store(string name, double[] memory, int origin, double[] v, long first, long second)
    {
        var elements = Elements(memory);
        fixed (T* start = elements)
        {
            var p = start + origin;
            switch (name)
            {
                case "Store": S.Store(p, Vector(v)); break;
                case "StoreTail": S.StoreTail(p, Vector(v), (nint)first); break;
                case "StoreStrided": S.StoreStrided(p, (nint)first, Vector(v), (nint)second); break;
                default: throw new ArgumentException(name);
            }
        }
        return elements.Select(double.CreateChecked).ToArray();
    }

    public override int[] StoreIds(int[] memory, double[] v, int stride, int n)
    {
        var copy = memory.ToArray();
        fixed (int* p = copy)
            S.StoreIds(p, stride, Vector(v), n);
        return copy;
    }

    public override double[] LoadIds(int[] memory, int stride, int n)
    {
        fixed (int* p = memory)
            return Lanes(S.LoadIds(p, stride, n));
    }

    public override double[] LoadGather(double[] memory, double[] index, int stride, int n)
    {
        fixed (T* p = Elements(memory))
            return Lanes(S.LoadGather(p, Vector(index), stride, n));
    }

    public override double[] Make(string name, params long[] arguments) => Lanes(name switch
    {
        "Create" => S.Create(T.CreateChecked(arguments[0])),
        "Iota" => S.Iota((nint)arguments[0], (nint)arguments[1]),
        "Keep" => S.Keep(S.Iota(10, 1), (nint)arguments[0], S.Create(-1.5)),
        "Random" => S.Random((uint)arguments[0], (uint)arguments[1], (uint)arguments[2], (uint)arguments[3]),
        _ => throw new ArgumentException(name),
    });

    public override double[] Randoms(uint seed, uint stream, uint index, int count)
    {
        // Another run, under another number, leaves the first alone.
        var (found, _) = ((nint)S.Randoms(S.RandomMemory(0, count), seed, stream, index, count),
            (nint)S.Randoms(S.RandomMemory(1, count), seed + 1, stream, index, count));
        return [.. Enumerable.Range(0, count).Select(i => Convert.ToDouble(((T*)found)[i], System.Globalization.CultureInfo.InvariantCulture))];
    }

    public override double[] CopyAtEnd(PageEdge edge, int n)
    {
        var p = (T*)edge.End - n;
        S.StoreTail(p, S.Iota(1, 1), n);
        return Lanes(S.LoadTail(p, n));
    }

    public override double[] WindowAtEnd(PageEdge edge, int n) => Lanes(S.LoadWindow((T*)edge.End, -n, -n, 0));

    private static V One(V mask) => S.Select(mask, S.Create(1.0), S.Create(0.0));

    private static T[] Elements(double[] a) => a.Select(T.CreateChecked).ToArray();

    private static V Vector(double[] a)
    {
        fixed (T* p = Elements(a))
            return S.Load(p);
    }

    private static double[] Lanes(V v)
    {
        var lanes = new T[S.Width];
        fixed (T* p = lanes)
            S.Store(p, v);
        return lanes.Select(double.CreateChecked).ToArray();
    }

    private static double[] Map(double[] a, double[] b, double[] c, Func<V, V, V, V> operation)
    {
        var result = new double[a.Length];
        for (var i = 0; i < a.Length; i += S.Width)
        {
            var lanes = Lanes(operation(Piece(a, i), Piece(b, i), Piece(c, i)));
            Array.Copy(lanes, 0, result, i, Math.Min(S.Width, a.Length - i));
        }
        return result;
    }

    private static V Piece(double[] a, int start)
    {
        var piece = new double[S.Width];
        Array.Copy(a, start, piece, 0, Math.Min(S.Width, a.Length - start));
        return Vector(piece);
    }
}
