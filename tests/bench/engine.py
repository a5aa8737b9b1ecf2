"""engine.py BUILD SCRATCH WEIGHTS...: the trunk of each network in our engine, ONNX Runtime and oneDNN.

Prints Markdown tables. The engines are processes that take turns, so that whatever else slows the machine down slows
all of them down. Fails where their features differ.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnx
from onnx import helper

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]/"core/train"))
from weights import read_safetensors

SIDES = (1024, 256)  # px
DEAR = 1000  # GFLOP of a picture from which on it is taken at half its sides: a run shall take minutes
SLOW = 0.1  # Mpx from which on plain C is left out
ROUNDS = 5
THREADS = (1, 2)
TOLERANCE = 1e-3  # of the largest feature; Winograd's transforms cost some digits
# Both libraries go by what the processor has; ONNX Runtime cannot be told otherwise.
BEST = "avx512" if " avx512f " in pathlib.Path("/proc/cpuinfo").read_text() else "best"


class Process:
    """A program of this folder: says one line when it is ready, and one for each that it is given."""

    def __init__(self, build, name, *args, **environment):
        self.name = name
        self.errors = tempfile.TemporaryFile("w+")  # ONNX Runtime's are thousands of lines that mean nothing
        self.process = subprocess.Popen([build/"tests/bench"/("bench-" + name), *map(str, args)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
                                        env=os.environ | environment)
        self.ready = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            raise RuntimeError("bench-%s: %s" % (self.name, "".join(self.errors.readlines()[-3:]).strip()))
        return line.strip()

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.answer()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def processor_seconds():
    """Of all processors since the machine started: all there were, and all that were used."""
    fields = list(map(int, pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:9]))
    return np.array([sum(fields), sum(fields) - fields[3] - fields[4]])/os.sysconf("SC_CLK_TCK")


class Network:
    def __init__(self, path):
        tensors, about = read_safetensors(path)
        self.tensors = {name: t.astype(np.float32) for name, t in tensors.items() if not name.startswith("field.")}
        self.path = path
        self.name = path.stem
        self.channels = len(self.tensors["head.bias"])
        self.blocks = sum(name.endswith(".c1.bias") for name in self.tensors)
        self.gflop = 2e-9*sum(t.size for t in self.tensors.values() if t.ndim == 4)  # for one px

    def write_onnx(self, path):
        nodes = []

        def conv(name, source):
            inputs = [source, name + ".weight", name + ".bias"]
            nodes.append(helper.make_node("Conv", inputs, [name], pads=[1, 1, 1, 1]))
            return name

        def node(kind, *sources):
            nodes.append(helper.make_node(kind, sources, [sources[0] + "." + kind]))
            return nodes[-1].output[0]

        x = head = conv("head", "input")
        for i in range(self.blocks):
            inner = node("Relu", conv("body.%d.c1" % i, x))
            x = node("Add", conv("body.%d.c2" % i, inner), x)
        nodes.append(helper.make_node("Relu", [node("Add", conv("tail", x), head)], ["features"]))

        def picture(name, channels):
            return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, channels, "height", "width"])

        graph = helper.make_graph(nodes, self.name, [picture("input", 4)], [picture("features", self.channels)],
                                  [onnx.numpy_helper.from_array(t, name) for name, t in self.tensors.items()])
        onnx.save(helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)]), path)


class Candidate:
    """One way to compute the features: an engine, its instruction set, its threads and what it is given at once."""

    def __init__(self, engine, isa, threads, inputs, process):
        self.engine, self.isa, self.threads, self.inputs, self.process = engine, isa, threads, inputs, process
        self.times, self.processor_times = [], []
        process.ask("run")
        self.memory = float(process.ask("memory"))

    def run(self):
        for times, ms in zip((self.times, self.processor_times), self.process.ask("run").split()):
            times.append(float(ms))

    def features(self, scratch):
        """Of a sample of rows."""
        self.process.ask("features %s" % (scratch/"features"))
        return np.fromfile(scratch/"features", np.float32)


def candidates(build, scratch, network, width, height, threads, tile, margin, together):
    whole, tiles = (width, height, 0, 1), (*tile, margin, together)

    def make(engine, isa, inputs, weights, argument="", **environment):
        process = Process(build, engine, weights, argument, threads, network.channels, width, height,
                          *(whole if inputs == "picture" else tiles), OMP_NUM_THREADS=str(threads), **environment)
        return Candidate(engine, isa, threads, inputs, process)

    for isa in ("avx512", "avx2", "neon", "plain"):
        if isa == "plain" and width*height > SLOW*1e6:
            continue
        try:
            yield make("triptych", isa, "tiles", network.path, isa)
        except RuntimeError as error:
            if "this processor has no" not in str(error):
                raise
    for inputs in ("picture", "tiles"):
        yield make("onnxruntime", BEST, inputs, scratch/"trunk.onnx")
    yield make("onednn", BEST, "picture", network.path)
    if BEST != "best":
        yield make("onednn", "avx2", "picture", network.path, ONEDNN_MAX_CPU_ISA="AVX2")


def check(scratch, rivals):
    """The largest difference from the first, as a share of the largest feature."""
    wanted = rivals[0].features(scratch)
    differences = {}
    for rival in rivals[1:]:
        found = rival.features(scratch)
        difference = float(np.abs(found - wanted).max()/np.abs(wanted).max())
        if not difference < TOLERANCE:
            raise SystemExit("%s (%s, %s) differs from %s by %g of the largest feature"
                             % (rival.engine, rival.isa, rival.inputs, rivals[0].engine, difference))
        differences[rival.engine] = max(difference, differences.get(rival.engine, 0))
    return differences


def measure(build, scratch, network, width, height):
    network.write_onnx(scratch/"trunk.onnx")
    rivals, upscales, tiles = [], {}, {}
    seconds, ours = processor_seconds(), sum(os.times()[:4])
    for threads in THREADS:
        upscales[threads] = Process(build, "upscale", network.name, width, height, threads,
                                    TRIPTYCH_WEIGHTS=str(network.path.parent))
        *tiles[threads], margin, together = map(int, upscales[threads].ready.split())
        rivals += candidates(build, scratch, network, width, height, threads, tiles[threads], margin, together)
    sgemm = Process(build, "sgemm")
    differences = check(scratch, rivals)

    peaks, wholes = [], {threads: [] for threads in THREADS}
    for _ in range(ROUNDS):
        for rival in rivals:
            peaks.append(float(sgemm.ask("run")))
            rival.run()
            time.sleep(0.1)  # until the threads of some have stopped waiting for work
        for threads in THREADS:
            wholes[threads].append(tuple(map(float, upscales[threads].ask("run").split())))
    for process in [sgemm, *upscales.values(), *(rival.process for rival in rivals)]:
        process.end()
    there, used = processor_seconds() - seconds
    others = (used - (sum(os.times()[:4]) - ours))/there
    report(network, width, height, tiles, margin, rivals, differences, max(peaks), sgemm.ready, wholes, others)


def report(network, width, height, tiles, margin, rivals, differences, peak, cores, wholes, others):
    mpx = width*height/1e6
    print("### %s: %d channels, %d blocks, %d x %d px\n"
          % (network.name, network.channels, network.blocks, width, height))
    print("| engine | instructions | threads | given | ms, least (median) | processors' ms | GFLOP/s | of sgemm "
          "| Mpx/s | peak MB | Triptych's speed |")
    print("|---|---|--:|---|--:|--:|--:|--:|--:|--:|--:|")
    fastest = {}
    for rival in rivals:
        key = rival.threads, rival.engine, rival.isa
        if key not in fastest or min(rival.times) < min(fastest[key].times):
            fastest[key] = rival
    ours = {(r.threads, r.isa): min(r.times) for r in rivals if r.engine == "triptych"}
    best = {t: min(ms for (threads, _), ms in ours.items() if threads == t) for t in THREADS}
    for rival in fastest.values():
        least = min(rival.times)
        gflops = network.gflop*width*height/least*1e3
        rivalled = ours.get((rival.threads, rival.isa), best[rival.threads])
        ratio = "" if rival.engine == "triptych" else "%.2f x" % (least/rivalled)
        print("| %s | %s | %d | %s | %.0f (%.0f) | %.0f | %.0f | %.0f %% | %.2f | %.0f | %s |" % (
            rival.engine, rival.isa, rival.threads, rival.inputs, least, statistics.median(rival.times),
            min(rival.processor_times), gflops, 100*gflops/peak/rival.threads, mpx/least*1e3, rival.memory, ratio))
    print()
    print("- GFLOP/s count the multiplications of plain convolutions, %.0f kFLOP for a pixel. OpenBLAS's sgemm (%s) "
          "reaches %.1f GFLOP/s on one thread." % (network.gflop*1e6, cores, peak))
    print("- Tiles are %s px, with a margin of %d px around them, the work for which counts as lost."
          % (" and ".join("%d x %d" % tuple(tiles[t]) + " (%d threads)" % t for t in THREADS), margin))
    print("- With two threads instead of one: " + ", ".join(
        "%s %s %.2f" % (engine, isa, min(fastest[1, engine, isa].times)/min(r.times))
        for (threads, engine, isa), r in fastest.items() if threads == 2) + " times as fast.")
    print("- oneDNN uses %s." % ", ".join(sorted({r.process.ready for r in rivals if r.engine == "onednn"})))
    print("- Largest difference of features, as a share of the largest one, from %s: %s." % (
        rivals[0].engine + " " + rivals[0].isa, ", ".join("%s %.1e" % pair for pair in differences.items())))
    for threads in THREADS:
        ms, outside, field = min(wholes[threads])
        print("- All of an upscale to twice the size, %d threads: %.0f ms, of which %.1f %% outside the trunk, in the "
              "field %.1f %%." % (threads, ms, 100*outside, 100*field))
    print("- With two threads instead of one it is %.2f times as fast." % (min(wholes[1])[0]/min(wholes[2])[0]))
    print("- Other programs took %.0f %% of the processors meanwhile.%s"
          % (100*others, " That is too much: measure again on a quiet machine." if others > 0.05 else ""))
    print(flush=True)


def main(build, scratch, *paths):
    for path in paths:
        network = Network(pathlib.Path(path))
        for side in SIDES:
            side = side//2 if network.gflop*side**2 > DEAR else side
            measure(pathlib.Path(build), pathlib.Path(scratch), network, side, side)


main(*sys.argv[1:])
