#!/usr/bin/env python3
"""From a checkpoint to what the C code reads: fp16 weights, and recorded tensors for the parity test."""
import numpy as np
import torch

import checkpoint

from . import choose, model

FORMAT = "triptych-placer-1"


def load(path):
    """A network from a weights file, or from a checkpoint."""
    return checkpoint.load(model.Placer(), path, FORMAT, "placer")


def chosen():
    """What is chosen of made-up scores in a scene of 90 x 60 px."""
    chooser = choose.Chooser(90, 60, 0.8)
    s, y, x = np.mgrid[0:model.SIZES, 0:chooser.rows, 0:chooser.columns]
    logits = 2*np.sin(0.9*s + 0.31*y) + 2*np.cos(0.23*x - 0.4*s)
    return np.array(chooser.best(choose.probabilities(logits, temperature=1), 5))


def golden(net, seed=1):
    """A scene and an object of noise, and what the network makes of them; 7.5 x 4 cells of 8 x 4 are the scene."""
    g = torch.Generator().manual_seed(seed)
    image, inside = torch.rand(3, 32, 64, generator=g), torch.ones(32, 64)
    inside[:, 60:] = 0
    crop = torch.rand(4, model.OBJECT, model.OBJECT, generator=g)
    out = {"image": image, "inside": inside, "crop": crop, "aspect": torch.tensor([0.4])}
    out["extent"] = torch.tensor([[7.5, 4.0]])
    out["scene_planes"] = model.scene_planes(image, inside, 60, 32)
    out["features"] = net.scene_features(out["scene_planes"][None])[0]
    out["object_planes"] = model.object_planes(crop)
    out["vector"] = net.object_vector(out["object_planes"][None], out["aspect"])[0]
    out["volume"] = net.volume(out["features"][None], out["vector"][None], out["aspect"], out["extent"])[0]
    out["chosen"] = torch.from_numpy(chosen())
    return out


if __name__ == "__main__":
    checkpoint.export(__doc__, FORMAT, load, golden)
