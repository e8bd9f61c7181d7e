using ILGPU;
using MageDsl.Devices.Gpu;

namespace MageDsl.Tests.Devices.Gpu;

/// <summary>All operations of device code in one kernel, because compiling many takes long: one is chosen by its place in a list of names.</summary>
internal struct ScalarStage<T, S> : IGpuStage<ScalarStage<T, S>>
    where T : unmanaged
    where S : struct, IScalar<T>
{
    public ArrayView<T> A, B, C, Result;
    public int Operation;

    public static void Run(ScalarStage<T, S> s)
    {
        var i = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (i < s.Result.Length) s.Result[i] = Of(s.Operation, s.A[i], s.B[i], s.C[i]);
    }

    private static T Of(int operation, T a, T b, T c) => operation switch
    {
        ScalarOperations.Neg => S.Neg(a),
        ScalarOperations.Abs => S.Abs(a),
        ScalarOperations.Sqrt => S.Sqrt(a),
        ScalarOperations.Rsqrt => S.Rsqrt(a),
        ScalarOperations.Floor => S.Floor(a),
        ScalarOperations.Exp => S.Exp(a),
        ScalarOperations.Log => S.Log(a),
        ScalarOperations.Erf => S.Erf(a),
        ScalarOperations.Tanh => S.Tanh(a),
        ScalarOperations.Sigmoid => S.Sigmoid(a),
        ScalarOperations.Sin => S.Sin(a),
        ScalarOperations.Cos => S.Cos(a),
        ScalarOperations.Whole => S.Of(S.ToInt(a)),
        ScalarOperations.Add => S.Add(a, b),
        ScalarOperations.Sub => S.Sub(a, b),
        ScalarOperations.Difference => S.Difference(a, b),
        ScalarOperations.Mul => S.Mul(a, b),
        ScalarOperations.Gate => S.Gate(a, b),
        ScalarOperations.Div => S.Div(a, b),
        ScalarOperations.Min => S.Min(a, b),
        ScalarOperations.Max => S.Max(a, b),
        ScalarOperations.Pow => S.Pow(a, b),
        ScalarOperations.Atan2 => S.Atan2(a, b),
        ScalarOperations.Less => One(S.Less(a, b)),
        ScalarOperations.LessEqual => One(S.LessEqual(a, b)),
        ScalarOperations.Equal => One(S.Equal(a, b)),
        ScalarOperations.And => One(S.And(S.Less(a, b), S.Less(S.Create(0), b))),
        ScalarOperations.Or => One(S.Or(S.Less(a, b), S.Less(S.Create(0), b))),
        ScalarOperations.Not => One(S.Not(S.Less(a, b))),
        ScalarOperations.Choose => One(S.Select(S.Less(S.Create(0), a), S.Less(a, b), S.Not(S.LessEqual(b, S.Create(0))))),
        ScalarOperations.Fma => S.Fma(a, b, c),
        ScalarOperations.Select => S.Select(S.Less(a, b), b, c),
        _ => S.Random((uint)S.ToInt(a), (uint)S.ToInt(b), (uint)S.ToInt(c)),
    };

    private static T One(bool condition) => S.Select(condition, S.Create(1), S.Create(0));
}

/// <summary>Numbers of operations.</summary>
internal static class ScalarOperations
{
    public const int Neg = 0, Abs = 1, Sqrt = 2, Rsqrt = 3, Floor = 4, Exp = 5, Log = 6, Erf = 7, Tanh = 8, Sigmoid = 9, Sin = 10, Cos = 11;
    public const int Whole = 12, Add = 13, Sub = 14, Difference = 15, Mul = 16, Gate = 17, Div = 18, Min = 19, Max = 20, Pow = 21, Atan2 = 22;
    public const int Less = 23, LessEqual = 24, Equal = 25, And = 26, Or = 27, Not = 28, Choose = 29;
    public const int Fma = 30, Select = 31, Random = 32;
}
