"""What all trainings have in common: a cosine over a given time, workers, an average of the weights, checkpoints that a
stopped run goes on from.

On the CPU each worker trains. Beside a GPU the workers prepare samples for the one process that trains there.
"""
import copy
import ctypes
import math
import os
import pathlib
import random
import time

import torch

WARM_UP = 200  # steps


def add_arguments(parser, rate, report):
    """What every training can be told; report: minutes between two reports."""
    parser.add_argument("out", type=pathlib.Path, help="checkpoint to write")
    parser.add_argument("--minutes", type=float, required=True, help="counted from the first start")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--workers", type=int, default=1, help="processes, each with one thread of the CPU")
    parser.add_argument("--resume", action="store_true", help="go on from OUT")
    parser.add_argument("--rate", type=float, default=rate, help="at the start of the cosine")
    parser.add_argument("--report", type=float, default=report, help="minutes between two reports and checkpoints")
    parser.add_argument("--fp32", action="store_true", help="no bfloat16 in the network")
    parser.add_argument("--seed", type=int, default=0)


def start(a):
    """To be called before anything is allocated. Freed buffers stay with the process: handing them back and faulting
    them in again took a third of a step."""
    trim_threshold, mmap_threshold, arena_max = -1, -3, -8
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(mmap_threshold, 1 << 30)
        libc.mallopt(trim_threshold, 2**31 - 1)
        libc.mallopt(arena_max, 1)
    torch.manual_seed(a.seed)
    if a.device == "cpu":
        torch.set_num_threads(1)


def means(numbers):
    return [torch.stack(n).mean().item() for n in zip(*numbers)]


def to(device, sample):
    """The tensors of a tuple on the device; what else it holds as it is."""
    return tuple(t.to(device, non_blocking=True) if torch.is_tensor(t) else t for t in sample)


class Samples(torch.utils.data.IterableDataset):
    """What prepare gives, endlessly, different in each process."""

    def __init__(self, prepare, share, seed):
        self.prepare, self.share, self.seed = prepare, share, seed

    def __iter__(self):
        told = torch.utils.data.get_worker_info()
        seed = self.seed + 1000003*(told.id if told else 0)
        rng = random.Random(seed)
        torch.manual_seed(seed)
        while True:
            yield self.prepare(rng, self.share())


class Training:
    """net is what is averaged and kept; modules: others that are trained with it, by name.

    prepare (rng, share), at a share of the time, gives the tuple of a sample on the CPU; loss (rng, draw), where
    draw () gives the next sample on the device, what is to become less, and tensors of one number each for report
    (average, means of the numbers), which gives the end of a line. Every checkpoint has what the exports read: average,
    step, minutes, and about."""

    def __init__(self, a, net, optimizer, prepare, loss, report, modules=None, about=None, decay=0.999, clip=1.0):
        self.a, self.net, self.optimizer, self.loss, self.say = a, net, optimizer, loss, report
        self.prepare, self.on_cpu = prepare, torch.device(a.device).type == "cpu"
        self.modules, self.about, self.decay, self.clip = {"net": net, **(modules or {})}, about or {}, decay, clip
        self.average = copy.deepcopy(net).requires_grad_(False)
        self.steps, self.begin = torch.zeros(a.workers, dtype=torch.int64), time.monotonic()
        if a.resume:
            state = torch.load(a.out, map_location=a.device, weights_only=True)
            for name, module in [*self.modules.items(), ("average", self.average), ("optimizer", optimizer)]:
                module.load_state_dict(state[name])
            self.steps[0] = state["step"]
            self.begin -= state["minutes"]*60
        self.steps.share_memory_()
        for module in self.modules.values() if self.on_cpu else ():
            module.share_memory()

    def minutes(self):
        return (time.monotonic() - self.begin)/60

    def report(self, numbers):
        step, minutes = self.steps.sum().item(), self.minutes()
        print("step %d  %.1f min  %s" % (step, minutes, self.say(self.average, numbers)), flush=True)
        held = self.a.out.with_suffix(".part")
        parts = dict(self.modules, average=self.average, optimizer=self.optimizer)
        torch.save({**self.about, **{name: part.state_dict() for name, part in parts.items()}, "step": step,
                    "minutes": minutes}, held)
        held.replace(self.a.out)

    def share(self):
        return min(1.0, self.minutes()/self.a.minutes)

    def step(self, rng, draw):
        """The numbers of one step."""
        rate = self.a.rate*min(1, (self.steps.sum().item() + 1)/WARM_UP)*0.5*(1 + math.cos(math.pi*self.share()))
        for group in self.optimizer.param_groups:
            group["lr"] = rate + 1e-6
        loss, numbers = self.loss(rng, draw)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for m in self.modules.values() for p in m.parameters()], self.clip)
        self.optimizer.step()
        return numbers

    def follow(self):
        """The average after one step more."""
        step = self.steps.sum().item()
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()), list(self.net.parameters()),
                                 1 - min(self.decay, step/(step + 10)))

    def work(self, worker):
        """Train until the time is over. Several workers change the same weights without waiting for each other
        ("Hogwild!", Niu et al., 2011), so that none stands still when the machine has other work; the first one
        averages and reports."""
        if worker > 0:
            os.setsid()  # a share of the processor of its own
        seed = self.a.seed + self.steps.sum().item() + 1000003*worker
        rng = random.Random(seed)
        samples = Samples(self.prepare, self.share, seed)
        if not self.on_cpu:
            samples = torch.utils.data.DataLoader(samples, batch_size=None, num_workers=self.a.workers, pin_memory=True,
                                                  prefetch_factor=8)
        samples = iter(samples)
        torch.manual_seed(seed)
        numbers, reported = [], self.minutes()
        while (minutes := self.minutes()) < self.a.minutes:
            numbers.append(self.step(rng, lambda: to(self.a.device, next(samples))))
            self.steps[worker] += 1
            if worker > 0:
                numbers.clear()
                continue
            self.follow()
            if minutes - reported >= self.a.report:
                self.report(means(numbers))
                numbers, reported = [], minutes
        if worker == 0 and numbers:
            self.report(means(numbers))

    def run(self):
        others = [torch.multiprocessing.get_context("fork").Process(target=self.work, args=(i,), daemon=True)
                  for i in range(1, self.a.workers if self.on_cpu else 1)]
        for other in others:
            other.start()
        self.work(0)
        for other in others:
            other.join()
