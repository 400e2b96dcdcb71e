"""Writes every-dtype.safetensors with the format's reference implementation (safetensors 0.8.0, numpy 2.4.6)."""

import sys

import numpy as np
from safetensors import TensorSpec, serialize


def array(dtype, values):
    return np.array(values, dtype)


tensors = {
    "f64": ("float64", [3], array("<f8", [np.pi, -0.0, 5e-324])),
    "f32": ("float32", [2, 2], array("<f4", [[1.5, -2.25], [1e-45, np.inf]])),
    "f16": ("float16", [4], array("<f2", [1.5, -65504, 2**-24, -np.inf])),
    "bf16": ("bfloat16", [3], array("<u2", [0x3F80, 0xC049, 0x0001])),
    "i64": ("int64", [2], array("<i8", [-(2**63), 2**63 - 1])),
    "i32": ("int32", [2], array("<i4", [-(2**31), 2**31 - 1])),
    "i16": ("int16", [2], array("<i2", [-(2**15), 2**15 - 1])),
    "i8": ("int8", [2], array("i1", [-128, 127])),
    "u64": ("uint64", [2], array("<u8", [0, 2**63 - 1])),
    "u32": ("uint32", [2], array("<u4", [0, 2**32 - 1])),
    "u16": ("uint16", [2], array("<u2", [0, 2**16 - 1])),
    "u8": ("uint8", [2], array("u1", [0, 255])),
    "bool": ("bool", [3], array("u1", [1, 0, 1])),
    "scalar": ("float32", [], array("<f4", 7)),
    "empty": ("float32", [0, 3], array("<f4", [])),
    'größe "α"\n': ("float32", [1], array("<f4", [-1])),
}
specs = {
    name: TensorSpec(dtype=dtype, shape=shape, data_ptr=a.ctypes.data, data_len=a.nbytes)
    for name, (dtype, shape, a) in tensors.items()
}
metadata = {"quote": '"\\/\u2028 \U0001d703'}
with open(sys.argv[1], "wb") as out:
    out.write(serialize(specs, metadata=metadata))
