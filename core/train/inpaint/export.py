#!/usr/bin/env python3
"""Checkpoint to weights file (fp16), and recorded tensors for the parity test."""
import torch

import checkpoint

from . import model

FORMAT = "triptych-guess-1"


def load(path):
    """A network from a weights file, or from a checkpoint."""
    return checkpoint.load(model.Guess(), path, FORMAT, "network for holes")


def golden(net, seed=1):
    """A small picture with a hole, and what the network says of it."""
    g = torch.Generator().manual_seed(seed)
    picture, known = torch.rand(1, 3, 32, 48, generator=g), torch.ones(1, 1, 32, 48)
    known[..., 6:20, 13:30] = 0
    x = model.inputs_of(picture, known)
    return {"input": x, "out": net.out(net.net(x))}


if __name__ == "__main__":
    checkpoint.export(__doc__, FORMAT, load, golden)
