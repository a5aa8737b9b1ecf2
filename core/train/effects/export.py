#!/usr/bin/env python3
"""Checkpoint to weights file (fp16), and recorded tensors for the parity test."""
import torch

import checkpoint

from . import mirror, model

FORMAT = "triptych-effects-1"


def load(path):
    """A network from a weights file, or from a checkpoint."""
    return checkpoint.load(model.Effects(), path, FORMAT, "effects network")


def golden(net, seed=1):
    """A small picture with an object, and what the network makes of it; a larger one, and how well mirrors explain
    it."""
    g = torch.Generator().manual_seed(seed)
    picture = torch.rand(1, 3, 32, 48, generator=g)
    alpha = torch.zeros(1, 1, 32, 48)
    alpha[..., 6:20, 13:30] = torch.rand(14, 17, generator=g)
    x = model.inputs_of(picture, alpha, torch.tensor([[13, 6, 30, 20]]))
    gain, offset = net(x)
    picture, alpha = torch.rand(1, 3, 90, 70, generator=g), torch.zeros(1, 1, 90, 70)
    alpha[..., 8:48, 20:50] = torch.rand(40, 30, generator=g)
    mirrors = torch.tensor([mirror.FLAT, (-0.2, 0.8, 0.1, 0.95, 0.2), (0.1, 1.1, -0.05, 1.1, -0.3)]).float()
    scores = mirror.View(picture, alpha, (20, 8, 50, 48), 32).score(mirrors)
    return {"input": x, "gain": gain, "offset": offset, "picture": picture, "alpha": alpha, "mirrors": mirrors,
            "scores": scores}


if __name__ == "__main__":
    checkpoint.export(__doc__, FORMAT, load, golden)
