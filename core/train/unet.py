"""A pyramid with a 1x1 convolution for what is asked of each pixel: the twin of core/nn/unet.c, with the same weight
paths."""
from torch import nn

from pyramid import Pyramid


class UNet(nn.Module):
    """At first it gives little, and its blocks change little."""

    def __init__(self, inputs, channels, blocks, outputs):
        super().__init__()
        self.net = Pyramid(inputs, channels, blocks)
        self.out = nn.Conv2d(channels[0], outputs, 1)
        nn.init.zeros_(self.out.bias)
        self.out.weight.data.mul_(0.1)
        for name, weight in self.named_parameters():
            if name.endswith("c2.weight"):
                weight.data.mul_(0.3)

    def planes(self, x):
        """x: (n, inputs, h, w). Returns (n, outputs, h, w), in 32 bits."""
        return self.out(self.net(x)).float()
