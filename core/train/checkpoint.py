"""From a training's checkpoint to what the C code reads: fp16 weights, and recorded tensors for the parity test."""
import argparse

import numpy as np
import torch

from weights import read_safetensors, write_safetensors


def read(path, format=None, of=""):
    """The tensors of a weights file, of that format if one is given, by name."""
    tensors, metadata = read_safetensors(path)
    if format and metadata.get("format") != format:
        raise SystemExit("%s: not weights of the %s" % (path, of))
    return {name: torch.from_numpy(t.astype(np.float32)) for name, t in tensors.items()}


def load(net, path, format, of):
    """net with the weights of a file, or of a checkpoint, ready to be asked."""
    if path.endswith(".safetensors"):
        net.load_state_dict(read(path, format, of))
    else:
        net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True)["average"])
    return net.eval().to(memory_format=torch.channels_last)


def as_arrays(tensors, dtype=np.float32):
    return {name: t.detach().cpu().contiguous().numpy().astype(dtype) for name, t in tensors.items()}


def between(trained, first, share):
    """What a further training gained without most of what it lost: "Robust Fine-Tuning of Zero-Shot Models" (Wortsman
    et al., 2022)."""
    return {name: t + share*(first[name] - t) for name, t in trained.items()}


def export(about, format, load, golden):
    """A program: load (path) gives a network, golden (it) the tensors to record."""
    p = argparse.ArgumentParser(description=about)
    p.add_argument("checkpoint", help="written by train.py")
    p.add_argument("--weights", required=True, help="safetensors file to write")
    p.add_argument("--golden", help="safetensors file of recorded tensors to write")
    p.add_argument("--mean-with", help="weights file that the training began with")
    p.add_argument("--share", type=float, default=0.5, help="of that file in the mean")
    a = p.parse_args()
    state = torch.load(a.checkpoint, map_location="cpu", weights_only=True)
    if a.mean_with:
        state["average"] = between(state["average"], read(a.mean_with, format, "same kind"), a.share)
    told = {"model": state["model"]} if "model" in state else {}
    write_safetensors(a.weights, as_arrays(state["average"], np.float16),
                      {"format": format, **told, "steps": str(state["step"])})
    if a.golden:  # recorded from the rounded weights, as shipped
        with torch.no_grad():
            write_safetensors(a.golden, as_arrays(golden(load(a.weights))), told)
