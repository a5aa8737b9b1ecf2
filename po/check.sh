#!/bin/bash
# The catalogues hold what the sources say, in TAP: POTFILES names every file with strings, and each
# catalogue translates every string, with the same formats, with mnemonics that differ, and nothing else.
set -u
export LC_ALL=C.UTF-8
po=$(cd "$(dirname "$0")" && pwd) n=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$po/.." || exit 1

report () { # STATUS NAME
  n=$((n + 1))
  [ "$1" = 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"
}

extract () { # OUTPUT, FILES ON STDIN
  xgettext --keyword=_ --keyword=N_ --keyword=C_:1c,2 --keyword=NC_:1c,2 --from-code=UTF-8 --files-from=- \
           --force-po -o - | sed 's/charset=CHARSET/charset=UTF-8/' >"$1"
}

quietly () { # COMMAND...: its messages only if it fails
  "$@" >"$scratch/log" 2>&1 || { sed 's/^/# /' "$scratch/log"; return 1; }
}

find core ui plugin -name '*.[ch]' | sort >"$scratch/all"
extract "$scratch/all.pot" <"$scratch/all"
extract "$scratch/triptych.pot" <po/POTFILES
[ "$(grep -c '^msgid' "$scratch/triptych.pot")" -gt 1 ]
report $? "there are strings to translate"
find core ui plugin -name '*.[ch]' | sort | xargs grep -lE '\<(_|N_|N?C_|ngettext) ?\(' >"$scratch/files"
quietly diff po/POTFILES "$scratch/files"
report $? "POTFILES names every file with strings, and no other"

quietly python3 po/mnemonics.py en - "$scratch/triptych.pot"
report $? "en: no two labels of a dialog have the same mnemonic"
while read -r language; do
  catalogue=po/$language.po
  quietly msgfmt --check --check-accelerators=_ -o "$scratch/$language.mo" "$catalogue"
  report $? "$language: formats and mnemonics are those of the original"
  quietly msgcmp "$catalogue" "$scratch/triptych.pot"
  report $? "$language: every string is translated"
  quietly msgcmp --use-untranslated "$scratch/triptych.pot" "$catalogue" && ! grep '^#~' "$catalogue"
  report $? "$language: no string is left over"
  quietly python3 po/mnemonics.py "$language" "$scratch/$language.mo" "$scratch/triptych.pot"
  report $? "$language: no two labels of a dialog have the same mnemonic"
done <po/LINGUAS
[ "$(wc -l <po/LINGUAS)" = "$(find po -name '*.po' | wc -l)" ]
report $? "LINGUAS names every catalogue"
echo "1..$n"
