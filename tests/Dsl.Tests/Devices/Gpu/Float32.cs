global using Float32 = MageDsl.Devices.Gpu.Floats<MageDsl.Devices.Gpu.FullFunctions>;
