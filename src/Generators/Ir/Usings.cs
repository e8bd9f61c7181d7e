global using ValueType = MageDsl.Generators.Ir.ValueType;
