# Run by demo.sh inside GIMP: one picture, enlarged by the plug-in and by GIMP's cubic scaling.
import os
import time

from gi.repository import Gimp, Gio

scale = [float(v) for v in os.environ["TRIPTYCH_DEMO_SCALE"].split("x")]
out = os.environ["TRIPTYCH_DEMO_OUT"]
pdb = Gimp.get_pdb()


def run(name, **arguments):
    procedure = pdb.lookup_procedure(name)
    config = procedure.create_config()
    for key, value in arguments.items():
        if isinstance(value, list):
            config.set_core_object_array(key.replace("_", "-"), value)
        else:
            config.set_property(key.replace("_", "-"), value)
    result = procedure.run(config)
    if result.index(0) != Gimp.PDBStatusType.SUCCESS:
        print("demo: " + pdb.get_last_error(), flush=True)
        raise SystemExit(1)
    return result


def save(image, name):
    run("file-png-export", image=image, file=Gio.File.new_for_path(os.path.join(out, name)), include_thumbnail=False)


picture = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(os.environ["TRIPTYCH_DEMO_PICTURE"]))
plain = picture.duplicate()
print("demo: picture %d x %d px" % (picture.get_width(), picture.get_height()), flush=True)
start = time.monotonic()
run("plug-in-triptych-upscale", image=picture, drawables=picture.get_layers()[:1], scale_x=scale[0], scale_y=scale[-1])
print("demo: enlarged to %d x %d px in %.1f s" %
      (picture.get_width(), picture.get_height(), time.monotonic() - start), flush=True)
Gimp.context_set_interpolation(Gimp.InterpolationType.CUBIC)
plain.scale(picture.get_width(), picture.get_height())
save(picture, "triptych.png")
save(plain, "bicubic.png")
plain.delete()
picture.delete()
