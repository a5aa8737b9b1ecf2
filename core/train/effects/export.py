#!/usr/bin/env python3
"""Checkpoint to weights file (fp16), and recorded tensors for the parity test."""
import torch

import checkpoint

from . import model

FORMAT = "triptych-effects-1"


def load(path):
    """A network from a weights file, or from a checkpoint."""
    return checkpoint.load(model.Effects(), path, FORMAT, "effects network")


def golden(net, seed=1):
    """A small picture with an object, and what the network makes of it."""
    g = torch.Generator().manual_seed(seed)
    picture = torch.rand(1, 3, 32, 48, generator=g)
    alpha = torch.zeros(1, 1, 32, 48)
    alpha[..., 6:20, 13:30] = torch.rand(14, 17, generator=g)
    x = model.inputs_of(picture, alpha, torch.tensor([[13, 6, 30, 20]]))
    gain, offset = net(x)
    return {"input": x, "gain": gain, "offset": offset}


if __name__ == "__main__":
    checkpoint.export(__doc__, FORMAT, load, golden)
