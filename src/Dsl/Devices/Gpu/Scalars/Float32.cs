// What is meant where nothing is said of functions: they are right to a few units in the last place.
global using Float32 = MageDsl.Devices.Gpu.Floats<MageDsl.Devices.Gpu.FullFunctions>;
