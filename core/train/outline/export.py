#!/usr/bin/env python3
"""Checkpoint to weights file (fp16), and recorded tensors for the parity test."""
import torch

import checkpoint

from . import model

FORMAT = "triptych-outline-1"


def load(path):
    """A network from a weights file, or from a checkpoint."""
    return checkpoint.load(model.Outline(), path, FORMAT, "network for outlines")


def golden(net, seed=1):
    """A small picture with a selection, and what the network says of it."""
    g = torch.Generator().manual_seed(seed)
    picture, selection = torch.rand(1, 3, 32, 48, generator=g), torch.zeros(1, 1, 32, 48)
    selection[..., 6:20, 13:30] = 1
    x = model.inputs_of(picture, selection)
    return {"input": x, "out": net(x)}


if __name__ == "__main__":
    checkpoint.export(__doc__, FORMAT, load, golden)
