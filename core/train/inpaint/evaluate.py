"""How near guesses come, in dB of the holes' pixels at the network's size."""
import torch

from . import model


def psnr(guess, pictures, known):
    """Of each picture, averaged."""
    holes = 1 - known
    squares = ((guess - pictures).square().mean(1, keepdim=True)*holes).sum((1, 2, 3))/holes.sum((1, 2, 3))
    return (-10*squares.clamp(min=1e-6).log10()).mean().item()


@torch.no_grad()
def measure(net, batches, device):
    """For photographs, COCO's pictures and still lifes: (by the network, by what is around). Batches take turns."""
    scores = [[], [], []]
    for i, (pictures, known) in enumerate(batches):
        x = model.inputs_of(pictures, known)
        guess = net(x.to(device))[0].cpu().clamp(0, 1)
        scores[i % 3].append((psnr(guess, pictures, known), psnr(x[:, :3] + 0.5, pictures, known)))
    return [tuple(sum(n)/len(n) for n in zip(*s)) for s in scores]
