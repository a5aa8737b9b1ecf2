#!/usr/bin/env bash
# usage: cli.sh TRIPTYCH-CLI SAMPLE.png: the command-line tool on good and bad input, in TAP.
set -u
cli=$(realpath "$1") sample=$(realpath "$2")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
n=0

report () { # STATUS NAME
  n=$((n + 1))
  [ "$1" = 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"
}

size_of () { # the sizes in a PNG's header
  od -An -tu1 -j16 -N8 "$1" | awk '{ print $1*16777216+$2*65536+$3*256+$4 "x" $5*16777216+$6*65536+$7*256+$8 }'
}

enlarges () { # SIZE NAME ARGUMENTS...
  local size=$1 name=$2
  shift 2
  rm -f out.png
  "$cli" upscale "$sample" out.png "$@" >/dev/null 2>&1 && [ "$(size_of out.png)" = "$size" ]
  report $? "$name"
}

refuses () { # NAME ARGUMENTS...: status 1, one line, and no file left
  local name=$1 status
  shift
  rm -f out.png*
  "$cli" "$@" 2>message >/dev/null
  status=$?
  [ $status = 1 ] && [ "$(wc -l <message)" = 1 ] && ! ls out.png* >/dev/null 2>&1
  report $? "$name"
}

refuses_saying () { # WORDS NAME ARGUMENTS...: the same, and what was wrong
  local words=$1 name=$2
  shift 2
  refuses "$name" "$@" >report
  grep -q -- "$words" message || sed -i 's/^ok/not ok/' report
  cat report
}

head -c 3000 "$sample" >cut.png
echo "no picture" >text.png

echo "1..79"
enlarges 1200x800 "a factor" --scale 2.5
enlarges 240x480 "a factor for each axis" --scale 0.5x1.5 --model fast
echo "mine" >out.png.part
"$cli" upscale "$sample" out.png --size 30x20 --model fast && [ "$(cat out.png.part)" = mine ] \
  && [ "$(ls out.png* | wc -l)" = 2 ] && [ "$(stat -c %a out.png)" = "$(stat -c %a out.png.part)" ]
report $? "a file called like the picture stays, and the picture has the same permissions"
rm out.png.part
enlarges 333x77 "a size" --size 333x77 --threads 1
enlarges 720x480 "clean-up" --scale 1.5 --clean-up 0.5 --time
"$cli" upscale "$sample" out.png --size 60x40 && "$cli" upscale "$sample" again.png --size 60x40 --clean-up auto \
  && cmp -s out.png again.png
report $? "nothing is cleaned up of itself where there is no JPEG"
rm -f again.png
rm -f out.png
"$cli" shrink "$sample" out.png --size 48x31 --model fast >/dev/null 2>&1 && [ "$(size_of out.png)" = 48x31 ] \
  && grep -aq 'shrunk from 480 x 320 px for restorer-fast-1 to 48 x 31 px' out.png
report $? "a small picture says what it was made from"
"$cli" upscale out.png back.png --size 480x320 --model fast \
  && "$cli" upscale out.png again.png --size 480x320 --clean-up 1 && cmp -s back.png again.png \
  && "$cli" upscale out.png back.png --size 479x320 --model fast \
  && "$cli" upscale out.png again.png --size 479x320 && ! cmp -s back.png again.png
report $? "its restorer brings it back to its size, whatever the model"
"$cli" shrink "$sample" out.png --scale 0.1 --model fast --strength 0 --time | grep -qE '^[0-9.]+ dB$'
report $? "how well it comes back"
refuses "a small picture that is larger" shrink "$sample" out.png --scale 1.1x0.5
refuses "a small picture that is not smaller" shrink "$sample" out.png --scale 1
refuses "too much strength" shrink "$sample" out.png --scale 0.5 --strength 2
refuses "no size" upscale "$sample" out.png
refuses "two sizes" upscale "$sample" out.png --scale 2 --size 4x4
refuses "a zero size" upscale "$sample" out.png --size 0x10
refuses "a size that is none" upscale "$sample" out.png --size 10
for size in 4294967297x10 " 30x40" +30x40 30x0x28 30x40x50; do
  refuses "“$size” for a size" upscale "$sample" out.png --size "$size"
done
for scale in " 2" +2 2x0x2 inf 2x; do
  refuses "“$scale” for a factor" upscale "$sample" out.png --scale "$scale"
done
for scale in 1e-9 0.049 33 2x40; do
  refuses_saying "--scale $scale is not from 0.05 to 32" "“$scale” for a factor" \
    upscale "$sample" out.png --scale "$scale"
done
enlarges 24x16 "the least factor" --scale 0.05 --model fast
refuses_saying "--scale 1e-9 is not from" "a factor too small" shrink "$sample" out.png --scale 1e-9
refuses_saying "--threads -1 is not" "threads below 0" upscale "$sample" out.png --scale 2 --threads -1
refuses_saying "--threads 2x is not" "threads that are no number" upscale "$sample" out.png --scale 2 --threads 2x
refuses_saying "--clean-up 1.1 is not a number from 0 to 1" "too much clean-up" \
  upscale "$sample" out.png --scale 2 --clean-up 1.1
for option in strength=1 count=5 at=1,1 heatmap=maps select=a.png out=layers edge=0 effects=all seed=0; do
  refuses_saying "upscale has no option --${option%=*}" "--${option%=*} of another command" \
    upscale "$sample" out.png --scale 2 "--$option"
done
refuses_saying "--clean-up much is not a number from 0 to 1" "clean-up in words" \
  upscale "$sample" out.png --scale 2 --clean-up much
refuses_saying "shrink has no option --clean-up" "--clean-up for shrink" \
  shrink "$sample" out.png --scale 0.5 --clean-up 0
refuses "an absurd size" upscale "$sample" out.png --scale 100000
refuses "an unknown model" upscale "$sample" out.png --scale 2 --model huge
refuses "an absent picture" upscale absent.png out.png --scale 2
refuses "a cut-off picture" upscale cut.png out.png --scale 2
refuses "no picture at all" upscale text.png out.png --scale 2
refuses "a folder that is not there" upscale "$sample" absent/out.png --scale 2

# a place for an object
"$cli" place "$sample" "$sample" --count 3 --heatmap maps >out.json && [ "$(grep -c '"score"' out.json)" = 3 ] \
  && [ "$(ls maps | grep -cE '^[0-9.]+\.png$')" = 16 ]
report $? "three placements, and maps of 16 scales"
"$cli" place "$sample" "$sample" --scale 0.25 --at 100,80.5 | grep -q '"x":100,"y":80.5,"scale":0.25,"score":[01]'
report $? "a placement that is given"
"$cli" place "$sample" "$sample" --count 1 --time 2>message | tail -n 1 | grep -q '}]}$' \
  && grep -qE '^[0-9.]+ s$' message
report $? "the time is no part of the placements"
refuses_saying "place has no option --model" "--model for place" place "$sample" "$sample" --model fast
refuses "no placements" place "$sample" "$sample" --count 0
refuses "a place that is none" place "$sample" "$sample" --at 10
refuses "a place outside of the picture" place "$sample" "$sample" --at 10,5000
refuses "two factors for an object" place "$sample" "$sample" --scale 1x2
refuses "an absent object" place "$sample" absent.png
refuses "maps where no folder can be" place "$sample" "$sample" --heatmap text.png/maps

# decompose: a selection of the sample's size, cut from what the tool itself can make
decomposes () { # NAME ARGUMENTS...: three layers of the picture's size
  local name=$1 layer status=0
  shift
  "$cli" decompose small.png --select select.png --out layers "$@" >message 2>&1 || status=1
  for layer in background effects foreground; do
    [ "$(size_of layers/$layer.png)" = 96x64 ] || status=1
  done
  [ "$(ls layers | wc -l)" = 3 ] || status=1
  report $status "$name"
}

refuses_layers () { # NAME ARGUMENTS...: status 1, one line, and no folder left
  local name=$1 status
  shift
  rm -rf layers
  "$cli" decompose "$@" 2>message >/dev/null
  status=$?
  [ $status = 1 ] && [ "$(wc -l <message)" = 1 ] && [ ! -e layers ]
  report $? "$name"
}

"$cli" shrink "$sample" small.png --size 96x64 --strength 0 --model fast >/dev/null
python3 - "$sample" <<'END' || exit 1
import struct, sys, zlib
def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
def picture(name, width, height, inside):
    rows = b"".join(b"\0" + bytes(255 if inside(x, y) else 0 for x in range(width)) for y in range(height))
    with open(name, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
picture("select.png", 96, 64, lambda x, y: 40 <= x < 60 and 20 <= y < 40)
picture("nothing.png", 96, 64, lambda x, y: False)
picture("all.png", 96, 64, lambda x, y: True)
picture("other.png", 95, 64, lambda x, y: 40 <= x < 60)
END
decomposes "layers"
decomposes "layers with every option" --edge 7 --effects shadow --seed 9 --threads 1 --time
grep -qE '^[0-9.]+ s$' message
report $? "the seconds it took"
decomposes "layers in a folder that is there"
refuses_layers "no selection" small.png --out layers
refuses_layers "no folder" small.png --select select.png
refuses_layers "a second picture" small.png small.png --select select.png --out layers
refuses_layers "a selection of another size" small.png --select other.png --out layers
refuses_layers "nothing selected" small.png --select nothing.png --out layers
refuses_layers "everything selected" small.png --select all.png --out layers
refuses_layers "a size" small.png --select select.png --out layers --size 9x9
refuses_layers "a seed that is no number" small.png --select select.png --out layers --seed 1.5
refuses_layers "an edge too wide" small.png --select select.png --out layers --edge 201
refuses_layers "unknown effects" small.png --select select.png --out layers --effects some
refuses_layers "an absent selection" small.png --select absent.png --out layers
refuses_layers "a folder that cannot be made" small.png --select select.png --out absent/layers

# a signal: soon, with status 1, and no file left
rm -f out.png*
"$cli" upscale "$sample" out.png --scale 32 --model best 2>message &
for _ in $(seq 600); do
  ls out.png.* >/dev/null 2>&1 && break # from when on signals are minded
  sleep 0.1
done
kill -TERM $!
start=$(date +%s%N)
wait $!
status=$?
echo "# ended $((($(date +%s%N) - start) / 1000000)) ms after the signal"
[ $status = 1 ] && grep -q cancelled message && ! ls out.png* >/dev/null 2>&1
report $? "a signal"
