"""The network that guesses what a hole holds, coarsely: the twin of core/decompose/guess.c, with the same names
and the same weight paths.

It only has to tell exemplars which colours are likely where ("Generative Image Inpainting with Contextual Attention",
Yu et al., 2018, has a coarse network before its fine one too), and how sure that is.
"""
import torch
import torch.nn.functional as F

from unet import UNet

INPUTS = 4  # red, green, blue, in the hole what is around it, less 0.5; 1 where they are known
CHANNELS = (16, 32, 64, 96)
BLOCKS = (1, 1, 2, 3)
OUTPUTS = 4  # what red, green and blue lack; logarithm of the mean of their squared errors
MULTIPLE = 8
LEAST, MOST = -9.0, 0.0  # of the logarithm


class Guess(UNet):
    def __init__(self):
        super().__init__(INPUTS, CHANNELS, BLOCKS, OUTPUTS)

    def forward(self, x):
        """x: (n, INPUTS, h, w), sides multiples of MULTIPLE. Returns colours (n, 3, h, w) and logarithms
        (n, 1, h, w)."""
        y = self.planes(x)
        return x[:, :3] + 0.5 + y[:, :3], y[:, 3:].clamp(LEAST, MOST)


def extend(colours, known):
    """What is known, spread into the holes by pulling it to smaller sizes and pushing it back, as
    core/decompose/extend.c does."""
    height, width = colours.shape[2:]
    if height == 1 and width == 1:
        return colours
    four = F.pad(torch.cat([colours*known, known], 1), (0, width % 2, 0, height % 2))
    four = F.avg_pool2d(four, 2)*4
    small = extend(four[:, :-1]/four[:, -1:].clamp(min=1e-6), four[:, -1:].clamp(max=1))
    large = F.interpolate(small, scale_factor=2, mode="bilinear", align_corners=False)
    return colours*known + (1 - known)*large[..., :height, :width]


def inputs_of(picture, known):
    """picture: (n, 3, h, w) in 0..1; known: (n, 1, h, w), 0 or 1."""
    return torch.cat([extend(picture, known) - 0.5, known], 1)
