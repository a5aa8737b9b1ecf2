"""Whether no two labels of a dialog have the same mnemonic. usage: mnemonics.py LANGUAGE CATALOGUE.mo TEMPLATE.pot"""
import gettext
import re
import sys

# What is seen together: the labels of each dialog, and GIMP's own buttons.
SIZE = ["_Width", "Hei_ght", "_Model", "_Target"]
DIALOGS = {
    "Upscale": SIZE + ["Clean-_up", "Restore or_iginal size (%d × %d)", "Clean up the traces of _JPEG (%.2f)"],
    "Shrink": SIZE + ["Stre_ngth", "What comes _back", "Small p_icture"],
    "Decompose": ["_Edge (px)", "E_ffects", "See_d", "O_bject", "Back_ground", "Effec_ts", "S_um", "Outl_ine", "Mo_ve",
                  "Is ob_ject", "Is _not", "Is sh_adow", "Brush si_ze", "Mar_k selection", "Clear _marks"],
    "Place": ["Back_ground", "Si_ze", "_Best size at each place", "Best _places", "_Number of places",
              "_Move and scale the object", "Settle _in", "Add a h_eatmap layer", "Sho_w the heatmap"],
}
BUTTONS = {"de": "cghosz", "fr": "chnrsv", "es": "acgry"}   # Load, Save, Help, Reset, Cancel and OK
ELSEWHERE = ["_Upscale...", "_Shrink...", "_Decompose...", "_Place...",   # in the menu, or in no dialog of ours
             "Width _factor", "H_eight factor", "_Mask", "_Background", "_X", "_Y"]

language, catalogue, template = sys.argv[1:]
with open(template) as file:
    known = set(re.findall(r'^msgid "(.*_[A-Za-z].*)"$', file.read(), re.M))
problems = [f"not both here and in the sources: {label}"
            for label in known.symmetric_difference(sum(DIALOGS.values(), ELSEWHERE))]
translations = gettext.NullTranslations()
if language != "en":
    with open(catalogue, "rb") as file:
        translations = gettext.GNUTranslations(file)
for dialog, labels in DIALOGS.items():
    taken = {key: "a button of GIMP's" for key in BUTTONS.get(language, "chlors")}
    for label in map(translations.gettext, labels):
        key = re.search("_(.)", label)[1].lower()
        if key in taken:
            problems.append(f"{dialog}: “{label}” and “{taken[key]}”")
        taken[key] = label
sys.exit("\n".join(problems) or 0)
