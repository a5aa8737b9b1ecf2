"""A screen of its own with a window manager and GIMP on it, driven as a user would: keys and mouse."""
import contextlib
import io
import os
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import time
import traceback

import numpy
from PIL import Image
from PIL.PngImagePlugin import PngInfo

GIMPRC = """
(plug-in-path "{0}/profile/plug-ins:{0}/system")
(swap-path "{0}/run")
(check-updates no)
(show-welcome-dialog no)
(color-profile-policy keep)
(save-session-info no)
"""
OURS = re.compile("triptych.*(CRITICAL|WARNING|crashed|fatal error)|plug-in crashed|no mnemonic"
                  r"|duplicate mnemonic(?!.*property \(null\))", re.I)   # that is of two of GIMP's buttons, in Spanish
BROKEN_PIPE = "import errno, locale, os; locale.setlocale(locale.LC_ALL, ''); print(os.strerror(errno.EPIPE))"
STEP = 0.1
TITLES = ["Upscale", "Shrink", "Decompose", "Place"]


class Failure(Exception):
    pass


def wait_for(what, condition, seconds=40):
    """The first true value of condition() within some seconds; what names it in the failure."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(STEP)
    raise Failure(f"{what} did not happen within {seconds} s")


def stop(number, frame):
    raise SystemExit(1)   # by way of all that has to be ended


signal.signal(signal.SIGTERM, stop)


class Desktop:
    """A context: everything that it starts ends with it."""

    def __init__(self, plugin, size="1280x900", **environment):
        self.plugin, self.size, self.more = plugin, size, environment

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        self.folder = self.stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        for name in "home", "run", "profile/plug-ins/triptych", "system":
            os.makedirs(f"{self.folder}/{name}", mode=0o700)
        shutil.copy(self.plugin, f"{self.folder}/profile/plug-ins/triptych/triptych")
        system = subprocess.check_output(["pkg-config", "--variable=gimplibdir", "gimp-3.0"], text=True).strip()
        os.symlink(f"{system}/plug-ins/file-png", f"{self.folder}/system/file-png")
        with open(f"{self.folder}/profile/gimprc", "w") as file:
            file.write(GIMPRC.format(self.folder))
        self.log = open(f"{self.folder}/log", "w+")
        self.environment = os.environ | {
            "HOME": f"{self.folder}/home", "GIMP3_DIRECTORY": f"{self.folder}/profile",
            "XDG_RUNTIME_DIR": f"{self.folder}/run", "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1",
            "LC_ALL": "C.UTF-8", "GDK_SCALE": "1", "G_MESSAGES_DEBUG": "triptych"} | self.more
        self.environment.pop("WAYLAND_DISPLAY", None)
        try:
            self.environment["DISPLAY"] = self._start_screen()
            self._start("openbox")
        except BaseException:
            self.stack.close()
            raise
        return self

    def __exit__(self, *exception):
        self.stack.close()

    def _start(self, *command, **options):
        process = subprocess.Popen(command, env=self.environment, stderr=self.log, start_new_session=True,
                                   **({"stdout": self.log} | options))
        self.stack.callback(self._stop, process)
        return process

    @staticmethod
    def _stop(process):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start_screen(self):
        process = self._start("Xvfb", "-displayfd", "1", "-screen", "0", f"{self.size}x24", "-nolisten", "tcp", "-bs",
                              stdout=subprocess.PIPE)
        return ":" + process.stdout.readline().decode().strip()

    def messages(self):
        """What GIMP said that is our fault."""
        self.log.flush()
        # GIMP's, at the end of any plug-in, if GIMP is faster; in the language of the test
        theirs = "gimp_flush(): error: " + subprocess.check_output(["python3", "-c", BROKEN_PIPE], env=self.environment,
                                                                   text=True).strip()
        with open(self.log.name) as file:
            return [line.strip() for line in file if OURS.search(line) and theirs not in line]

    def tail(self):
        with open(self.log.name) as file:
            return file.readlines()[-15:]

    def x(self, *arguments):
        """xdotool's answer; empty if it finds nothing."""
        return subprocess.run(["xdotool", *map(str, arguments)], env=self.environment, stdout=subprocess.PIPE,
                              stderr=self.log, text=True, check=False).stdout.strip()

    def windows(self, name):
        return self.x("search", "--onlyvisible", "--name", name).split()

    def window(self, name, seconds=40):
        return wait_for(f"a window named {name}", lambda: self.windows(name), seconds)[0]

    def title(self, window):
        return self.x("getwindowname", window)

    def keys(self, *names):
        self.x("key", "--delay", "60", *names)
        time.sleep(STEP)

    def focus(self, window):
        self.x("windowactivate", "--sync", window)

    def geometry(self, window):
        """x, y, width, height."""
        answer = dict(line.split("=") for line in self.x("getwindowgeometry", "--shell", window).split())
        return [int(answer[key]) for key in ("X", "Y", "WIDTH", "HEIGHT")]

    def shot(self, window):
        """The window's pixels, h x w x 3."""
        xwd = subprocess.run(["xwd", "-silent", "-id", window], env=self.environment, stdout=subprocess.PIPE,
                             stderr=self.log, check=True).stdout
        png = subprocess.run(["convert", "xwd:-", "ppm:-"], input=xwd, stdout=subprocess.PIPE, check=True).stdout
        return numpy.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)

    def is_running(self):
        """Whether our plug-in is."""
        path = f"{self.folder}/profile/plug-ins/triptych/triptych"
        for process in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                if os.readlink(f"/proc/{process}/exe") == path:
                    return True
        return False

    def close_message(self, words):
        """Closes the message that says why a run has failed: by itself, in these words, and not killed by GIMP."""
        self.window("^GIMP Message$")
        wait_for("the message being closed", lambda: self.are_closed("^GIMP Message$"))
        with open(self.log.name) as file:
            failures = [line for line in file if "DEBUG" in line and "failed: " in line]
        expect(failures and words in failures[-1], f"no failure with “{words}”: {failures}")

    def previews(self):
        """What the dialog has said about its preview."""
        with open(self.log.name) as file:
            return [line for line in file if "DEBUG" in line and " preview " in line]

    def has_shown(self):
        """Whether the last preview that was asked for is there."""
        lines = self.previews()
        return bool(lines) and "preview shown" in lines[-1]

    def computed(self, since):
        """Pixels of all previews but the first since ones, in shares of the largest there was."""
        areas = [int(i[1]) * int(i[2]) if (i := re.search("shown: ([0-9]+) x ([0-9]+) px", line)) else 0
                 for line in self.previews()]
        return sum(areas[since:]) / max(areas)

    def still(self, window, is_ready=None):
        """The dialog's pixels once they no longer change; is_ready: by default, whether the preview is there."""
        last = None

        def same():
            nonlocal last
            ready = (is_ready or self.has_shown)()   # before what is looked at then
            time.sleep(0.5)
            before, last = last, self.shot(window)
            return ready and before is not None and before.shape == last.shape and (before == last).all()
        wait_for("the window coming to rest", same)
        return last

    def drag(self, window, start, end):
        self.x("mousemove", "--window", window, *start)
        self.x("mousedown", 1)
        for part in 0.3, 0.6, 1:
            self.x("mousemove", "--window", window, *(round(a + part * (b - a)) for a, b in zip(start, end)))
            time.sleep(STEP)
        self.x("mouseup", 1)

    def select(self, main, colour):
        """Selects what has this colour in GIMP's window, and some of what is around it, with the rectangle tool."""
        self.focus(main)
        wait_for("the object being seen in GIMP's window", lambda: is_like(self.shot(main), colour).sum() > 1500)
        rows, columns = numpy.nonzero(is_like(self.shot(main), colour))
        x, y = int(numpy.median(columns)), int(numpy.median(rows))   # it is also in tiny pictures of the image
        self.keys("r")
        self.drag(main, (x - 32, y - 32), (x + 32, y + 32))
        self.keys("Return")
        time.sleep(0.5)

    def are_closed(self, name):
        """Whether no window has this name; asks those that have to close: xdotool would destroy them, at which the
        window manager may end."""
        for window in self.windows(name):
            self.focus(window)
            self.keys("Escape")
        return not self.windows(name)

    def start_gimp(self, picture):
        """GIMP's window with picture in it, all others closed."""
        self._start("dbus-run-session", "--", os.environ.get("GIMP", "gimp-3.0"), "-n", "-s", picture)
        window = self.window(os.path.splitext(os.path.basename(picture))[0], 60)
        others = "GIMP [0-9.]+$"   # a welcome, in any language, comes late
        if self.windows_within(3, others):
            wait_for("GIMP's welcome being closed", lambda: self.are_closed(others))
        return window

    def expect_size(self, main, width, height):
        """The image has it, as in the title of GIMP's window."""
        wait_for(f"the image having {width}x{height} px, as in the title “{self.title(main)}”",
                 lambda: f" {width}x{height} " in self.title(main))

    def enter(self, mnemonic, text):
        """Types text into the field with this key."""
        self.keys(mnemonic, "ctrl+a")
        self.x("type", "--delay", "60", text)
        self.keys("Tab")

    def wait_for_end(self, main):
        """The dialog is closed, and the plug-in has done its work."""
        wait_for("the plug-in ending", lambda: not self.is_running())
        self.focus(main)
        time.sleep(0.5)

    def windows_within(self, seconds, name):
        with contextlib.suppress(Failure):
            return wait_for(name, lambda: self.windows(name), seconds)
        return []

    def choose(self, main, title, titles=TITLES):
        """Chooses an entry of the last menu below Filters, which is ours in any language; titles: of all its
        dialogs."""
        self.focus(main)
        width, height = self.geometry(main)[2:]
        self.x("mousemove", "--window", main, round(0.45 * width), round(0.5 * height))   # on the picture
        self.x("click", 3)
        time.sleep(0.5)
        self.keys(*["Down"] * 9, "Right")
        time.sleep(0.5)
        self.keys("Up", "Right")
        time.sleep(0.3)
        self.keys(*["Down"] * sorted(titles).index(title), "Return")
        self.x("mousemove", 0, 0)

    def open_dialog(self, main, title, titles=TITLES):
        """Opens the dialog with this title."""
        for _ in range(3):
            self.choose(main, title, titles)
            with contextlib.suppress(Failure):
                dialog = self.window(f"^{title}$", 10)
                self.focus(dialog)
                return dialog
            self.keys("Escape", "Escape", "Escape", "Escape")
        raise Failure(f"the menu did not open {title}")


def draw(path, width, height, comment=None):
    """Smooth colour noise: no two places look alike, nothing is pure white."""
    small = numpy.random.default_rng(1).integers(20, 230, (height // 4, width // 4, 3), dtype=numpy.uint8)
    picture = Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC).point(lambda v: min(v, 240))
    texts = PngInfo()
    if comment:
        texts.add_text("Comment", comment)
    picture.save(path, pnginfo=texts)


def write_xcf(path, layers, locked=()):
    """A picture of the first layer's size for GIMP; layers: (name, x, y, pixels h x w x 4), from bottom to top; locked:
    names of those that are."""
    def numbers(*values):
        return struct.pack(f">{len(values)}i", *values)

    data = bytearray()

    def add(content):
        data.extend(content)
        return len(data) - len(content)

    def add_with_pointers(head, n):
        """head, and room for n pointers and the 0 after them; where the first of them is."""
        return add(head + bytes(4 * (n + 1))) + len(head)

    def point(place, target):
        data[place:place + 4] = numbers(target)

    def add_pixels(pixels):
        height, width, n = pixels.shape
        tiles = [pixels[y:y + 64, x:x + 64] for y in range(0, height, 64) for x in range(0, width, 64)]
        hierarchy = add(numbers(width, height, n, 0, 0))
        point(hierarchy + 12, len(data))
        pointers = add_with_pointers(numbers(width, height), len(tiles))
        for i, tile in enumerate(tiles):
            point(pointers + 4 * i, add(tile.astype(numpy.uint8).tobytes()))
        return hierarchy

    height, width, _ = layers[0][3].shape
    head = b"gimp xcf file\0" + numbers(width, height, 0, 17, 1) + b"\0" + numbers(0, 0)
    pointers = add_with_pointers(head, len(layers) + 1)   # and no channels
    for i, (name, x, y, pixels) in enumerate(reversed(layers)):
        word = name.encode() + b"\0"
        active = numbers(2, 0) if i == 0 else b""
        lock = numbers(28, 4, 1) if name in locked else b""
        place = add(numbers(pixels.shape[1], pixels.shape[0], 1, len(word)) + word + active + lock
                    + numbers(6, 4, 255, 8, 4, 1) + numbers(15, 8, x, y, 0, 0) + numbers(0, 0))
        point(pointers + 4 * i, place)
        hierarchy_at = len(data) - 8   # and no mask
        point(hierarchy_at, add_pixels(pixels))
    with open(path, "wb") as file:
        file.write(data)


def split(pixels):
    """The first column right of the middle of the white line that divides the preview."""
    white = (pixels[30:110] == 255).all(axis=(0, 2))
    columns = numpy.flatnonzero(white)
    if len(columns) == 0 or columns[-1] - columns[0] > 2:
        raise Failure(f"white columns in the preview: {columns}")
    return int(columns.mean() + 1)


def is_like(pixels, colour):
    """Where pixels have nearly this colour."""
    return numpy.abs(pixels - colour).max(axis=2) < 12


def expect(condition, what):
    if not condition:
        raise Failure(what)


def run_cases(desktop, cases):
    """TAP: each case is a function whose docstring is its name; it passes unless it raises."""
    failed = False
    for number, case in enumerate(cases, 1):
        try:
            case()
            print(f"ok {number} - {case.__doc__}", flush=True)
        except Exception:
            failed = True
            for line in traceback.format_exc().splitlines():
                print("#", line)
            print(f"not ok {number} - {case.__doc__}", flush=True)
    print(f"1..{len(cases)}")
    if failed:
        for line in desktop.tail():
            print("#", line.rstrip())
