"""Weights files: the safetensors format, in NumPy alone."""
import json
import pathlib
import struct

import numpy as np

TYPES = {"F16": np.float16, "F32": np.float32}


def write_safetensors(path, tensors, metadata):
    """tensors: {name: array of fp16 or fp32}. The layout is that of the safetensors format."""
    names = {np.dtype(t): n for n, t in TYPES.items()}
    header, at = {"__metadata__": metadata}, 0
    for name, t in tensors.items():
        header[name] = {"dtype": names[t.dtype], "shape": list(t.shape), "data_offsets": [at, at + t.nbytes]}
        at += t.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" "*(-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for t in tensors.values():
            f.write(np.ascontiguousarray(t).tobytes())


def read_safetensors(path):
    """(tensors, metadata)"""
    raw = pathlib.Path(path).read_bytes()
    length, = struct.unpack_from("<Q", raw)
    header = json.loads(raw[8:8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, t in header.items():
        begin, end = t["data_offsets"]
        tensors[name] = np.frombuffer(raw[8 + length + begin:8 + length + end], TYPES[t["dtype"]]).reshape(t["shape"])
    return tensors, metadata
