"""The network that tells from a rough selection where an object is: the twin of core/decompose/outline.c, with the
same names and the same weight paths.

Picture and selection go in together, as in "Deep Interactive Object Selection" (Xu et al., 2016).
"""
import torch

from unet import UNet

INPUTS = 4  # red, green and blue less 0.5, selection
CHANNELS = (16, 32, 48, 64, 80)
BLOCKS = (1, 2, 2, 2, 2)
OUTPUTS = 1  # logarithm of how much likelier than not it is the object
MULTIPLE = 16


class Outline(UNet):
    def __init__(self):
        super().__init__(INPUTS, CHANNELS, BLOCKS, OUTPUTS)

    def forward(self, x):
        """x: (n, INPUTS, h, w), sides multiples of MULTIPLE. Returns logarithms (n, 1, h, w)."""
        return self.planes(x)


def inputs_of(picture, selection):
    """picture: (n, 3, h, w) in 0..1; selection: (n, 1, h, w), its coverage."""
    return torch.cat([picture - 0.5, selection], 1)
