#!/usr/bin/env python3
"""From a checkpoint to what the C code reads: fp16 weights, and recorded tensors for the parity test."""
import argparse

import numpy as np
import torch

from weights import read_safetensors, write_safetensors

from . import model

FORMAT = "triptych-upscaler-1"


def weights_of(net):
    return {name: t.detach().cpu().contiguous().numpy().astype(np.float16) for name, t in net.state_dict().items()}


def load(path):
    """A network from a weights file; its shape is read off the tensors."""
    tensors, metadata = read_safetensors(path)
    if metadata.get("format") != FORMAT:
        raise SystemExit("%s: not weights of the upscaler" % path)
    blocks = sum(name.endswith(".c1.weight") for name in tensors)
    net = model.Upscaler(model.Shape(tensors["head.bias"].shape[0], blocks, tensors["field.nu"].shape[0]))
    net.load_state_dict({name: torch.from_numpy(t.astype(np.float32)) for name, t in tensors.items()})
    return net.eval().to(memory_format=torch.channels_last)


@torch.no_grad()
def golden(net, seed=1):
    """A small picture, and what trunk and field make of it at two factors."""
    g = torch.Generator().manual_seed(seed)
    small = torch.rand(1, 3, 11, 14, generator=g)
    out = {"small": small, "clean_up": torch.tensor([0.25])}
    out["features"] = net.trunk(small, out["clean_up"])
    for name, (height, width) in {"even": (22, 28), "uneven": (13, 47)}.items():
        rows, columns = torch.arange(height), torch.arange(width)
        out[name] = net.field(out["features"], height, width, rows, columns)
    return {name: t.contiguous().numpy().astype(np.float32) for name, t in out.items()}


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("checkpoint", help="written by train.py")
    p.add_argument("--weights", required=True, help="safetensors file to write")
    p.add_argument("--golden", help="safetensors file of recorded tensors to write")
    a = p.parse_args()
    state = torch.load(a.checkpoint, map_location="cpu", weights_only=True)
    net = model.Upscaler(model.MODELS[state["model"]])
    net.load_state_dict(state["average"])
    about = {"format": FORMAT, "model": state["model"], "steps": str(state["step"])}
    write_safetensors(a.weights, weights_of(net), about)
    if a.golden:  # recorded from the rounded weights, as shipped
        write_safetensors(a.golden, golden(load(a.weights)), {"model": state["model"]})


if __name__ == "__main__":
    main()
