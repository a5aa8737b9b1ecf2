#!/usr/bin/env python3
"""From a checkpoint to what the C code reads: fp16 weights, and recorded tensors for the parity test."""
import torch

import checkpoint

from . import model

FORMAT = "triptych-upscaler-1"


def load(path):
    """A network from a weights file; its shape is read off the tensors."""
    tensors = checkpoint.read(path, FORMAT, "upscaler")
    blocks = sum(name.endswith(".c1.weight") for name in tensors)
    net = model.Upscaler(model.Shape(tensors["head.bias"].shape[0], blocks, tensors["field.nu"].shape[0]))
    net.load_state_dict(tensors)
    return net.eval().to(memory_format=torch.channels_last)


def golden(net, seed=1):
    """A small picture, and what trunk and field make of it at two factors."""
    g = torch.Generator().manual_seed(seed)
    small = torch.rand(1, 3, 11, 14, generator=g)
    out = {"small": small, "clean_up": torch.tensor([0.25])}
    out["features"] = net.trunk(small, out["clean_up"])
    for name, (height, width) in {"even": (22, 28), "uneven": (13, 47)}.items():
        rows, columns = torch.arange(height), torch.arange(width)
        out[name] = net.field(out["features"], height, width, rows, columns)
    return out


if __name__ == "__main__":
    checkpoint.export(__doc__, FORMAT, load, golden)
