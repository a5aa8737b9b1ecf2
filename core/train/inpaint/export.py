#!/usr/bin/env python3
"""Checkpoint to weights file (fp16), and recorded tensors for the parity test."""
import argparse

import numpy as np
import torch

from weights import read_safetensors, write_safetensors

from . import model

FORMAT = "triptych-guess-1"


def weights_of(net):
    return {name: t.detach().cpu().contiguous().numpy().astype(np.float16) for name, t in net.state_dict().items()}


def load(path):
    """A network from a weights file, or from a checkpoint."""
    net = model.Guess()
    if path.endswith(".safetensors"):
        tensors, metadata = read_safetensors(path)
        if metadata.get("format") != FORMAT:
            raise SystemExit("%s: not weights of the network for holes" % path)
        net.load_state_dict({name: torch.from_numpy(t.astype(np.float32)) for name, t in tensors.items()})
    else:
        net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True)["average"])
    return net.eval().to(memory_format=torch.channels_last)


@torch.no_grad()
def golden(net, seed=1):
    """A small picture with a hole, and what the network says of it."""
    g = torch.Generator().manual_seed(seed)
    picture, known = torch.rand(1, 3, 32, 48, generator=g), torch.ones(1, 1, 32, 48)
    known[..., 6:20, 13:30] = 0
    x = model.inputs_of(picture, known)
    out = {"input": x, "out": net.out(net.net(x))}
    return {name: t.contiguous().numpy().astype(np.float32) for name, t in out.items()}


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("checkpoint", help="written by train.py")
    p.add_argument("--weights", required=True, help="safetensors file to write")
    p.add_argument("--golden", help="safetensors file of recorded tensors to write")
    a = p.parse_args()
    state = torch.load(a.checkpoint, map_location="cpu", weights_only=True)
    net = model.Guess()
    net.load_state_dict(state["average"])
    write_safetensors(a.weights, weights_of(net), {"format": FORMAT, "steps": str(state["step"])})
    if a.golden:  # recorded from the rounded weights, as shipped
        write_safetensors(a.golden, golden(load(a.weights)), {})


if __name__ == "__main__":
    main()
