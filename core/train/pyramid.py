"""An encoder and a decoder over halved sizes with what they share added, after "U-Net: Convolutional Networks for
Biomedical Image Segmentation" (Ronneberger et al., 2015); of residual blocks of 3x3 convolutions. The twin of
core/nn/pyramid.c, with the same names and the same weight paths. As a program it writes a small one with random weights
and what it makes of random planes, for the parity test."""
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from weights import write_safetensors


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.c1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.c2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return x + self.c2(F.relu(self.c1(x)))


class Pyramid(nn.Module):
    """inputs planes; channels[i], a multiple of 16, and blocks[i] residual blocks at 1/2^i of the size. The sides of
    the input are multiples of 2^(levels - 1). forward() gives channels[top] planes at 1/2^top of the size."""

    def __init__(self, inputs, channels, blocks, top=0):
        super().__init__()
        def some(i):
            return nn.Sequential(*[Block(channels[i]) for _ in range(blocks[i])])
        levels, self.top = len(channels), top
        self.head = nn.Conv2d(inputs, channels[0], 3, padding=1)
        self.down = nn.ModuleList([some(i) for i in range(levels)])
        self.enter = nn.ModuleList([nn.Conv2d(channels[i - 1], channels[i], 3, padding=1) for i in range(1, levels)])
        self.leave = nn.ModuleList([nn.Conv2d(channels[i + 1], channels[i], 3, padding=1)
                                    for i in range(top, levels - 1)])
        self.up = nn.ModuleList([some(i) for i in range(top, levels - 1)])

    def encode(self, x):
        """The planes of each level, the largest first."""
        features = [self.down[0](F.relu(self.head(x)))]
        for enter, down in zip(self.enter, self.down[1:]):
            features.append(down(F.relu(enter(F.avg_pool2d(features[-1], 2)))))
        return features

    def decode(self, features, x=None):
        """x: what takes the place of the smallest level's planes."""
        x = features[-1] if x is None else x
        for i in reversed(range(len(self.leave))):
            x = F.interpolate(self.leave[i](x), scale_factor=2, mode="nearest") + features[self.top + i]
            x = self.up[i](x)
        return x

    def forward(self, x):
        return self.decode(self.encode(x))


@torch.no_grad()
def main():
    torch.manual_seed(1)
    net, x = Pyramid(5, [16, 16, 32, 16], [1, 2, 0, 1], top=1), torch.rand(1, 5, 16, 24)
    tensors = dict(net.state_dict(), planes=x)
    for i, t in enumerate(net.encode(x)):
        tensors["encoded.%d" % i] = t
    tensors["decoded"] = net(x)
    write_safetensors(sys.argv[1], {name: t.contiguous().numpy().astype(np.float32) for name, t in tensors.items()}, {})


if __name__ == "__main__":
    main()
