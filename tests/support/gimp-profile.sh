# To be sourced. gimp_profile FOLDER PLUGINS: a private, fast profile of GIMP in FOLDER that knows the plug-ins in PLUGINS and few others.
gimp_profile () {
  local stock d
  stock=$(pkg-config --variable=gimplibdir gimp-3.0)/plug-ins
  export HOME=$1/home GIMP3_DIRECTORY=$1/gimp XDG_RUNTIME_DIR=$1/run NO_AT_BRIDGE=1
  mkdir -p "$HOME" "$GIMP3_DIRECTORY" "$XDG_RUNTIME_DIR" "$1/stock"
  chmod 700 "$XDG_RUNTIME_DIR"
  for d in script-fu python-eval file-png file-jpeg file-tiff; do ln -sfn "$stock/$d" "$1/stock/$d"; done
  # copied anew each time, since GIMP rewrites it on leaving
  cat >"$GIMP3_DIRECTORY/gimprc" <<R
(plug-in-path "$2:$1/stock")
(check-updates no)
(show-welcome-dialog no)
(color-profile-policy keep)
(save-session-info no)
(swap-path "$XDG_RUNTIME_DIR")
R
}
