"""The network that finds an object's shadow and reflection: the twin of core/decompose/effects-network.c, with the
same names and the same weight paths.

It gives a gain and an offset for each colour, so that clean = gain*picture + offset: relighting leaves texture where
it is, after "Shadow Removal via Shadow Image Decomposition" (Le and Samaras, 2019), here for each pixel.
"""
import torch

from unet import UNet

INPUTS = 10  # red, green, blue, coverage of the object, place as seen from it, and what a mirror under it would show
PLACE_X = 4
CHANNELS = (16, 32, 48, 64, 80)
BLOCKS = (1, 2, 2, 2, 2)
OUTPUTS = 6  # logarithm of the gain, and offset, of red, green and blue
MULTIPLE = 16
MOST_GAIN = 1.5  # of the logarithm


class Effects(UNet):
    def __init__(self):
        super().__init__(INPUTS, CHANNELS, BLOCKS, OUTPUTS)

    def forward(self, x):
        """x: (n, INPUTS, h, w), sides multiples of MULTIPLE. Returns gain and offset, (n, 3, h, w) each."""
        y = self.planes(x)
        return torch.exp(y[:, :3].clamp(-MOST_GAIN, MOST_GAIN)), y[:, 3:]


def mirrored(planes, foot):
    """planes: (n, c, h, w), upside down below the row foot (n) of each; 0 above it."""
    h = planes.shape[2]
    y = torch.arange(h, device=planes.device)
    source = torch.floor(2*foot[:, None] - y - 0.5).long()
    seen = (y + 0.5 > foot[:, None]) & (source >= 0)
    rows = source.clamp(0, h - 1)[:, None, :, None].expand_as(planes)
    return planes.gather(2, rows)*seen[:, None, :, None]


def inputs_of(picture, alpha, box):
    """picture: (n, 3, h, w) in 0..1; alpha: (n, 1, h, w); box: (n, 4), the object's left, top, right and bottom in
    pixels. The place is counted from the middle of the box's lower edge, in units of its longer side; a mirror along
    that edge shows the object's colours times its coverage, and its coverage."""
    h, w = picture.shape[2:]
    left, top, right, bottom = box.float().unbind(1)
    unit = torch.maximum(right - left, bottom - top)
    x = (torch.arange(w, device=box.device) + 0.5 - ((left + right)/2)[:, None])/unit[:, None]
    y = (torch.arange(h, device=box.device) + 0.5 - bottom[:, None])/unit[:, None]
    x = x.clamp(-2, 2)[:, None, None, :].expand(-1, 1, h, w)
    y = y.clamp(-2, 2)[:, None, :, None].expand(-1, 1, h, w)
    colours = picture - 0.5
    mirror = mirrored(torch.cat([colours*alpha, alpha], 1), bottom)
    return torch.cat([colours, alpha, 0.5*x, 0.5*y, mirror], 1)
