# A profile of GIMP with only what is needed, which starts in seconds: sourced.
#
#   gimp_quoted TEXT           TEXT as gimprc and Script-Fu write it
#   gimp_profile SWAP NAME...  makes the folder GIMP3_DIRECTORY a profile whose plug-ins are its own and those of
#                              GIMP that NAME, which may be a pattern, names; GIMP swaps to the folder SWAP

gimp_quoted ()
{
  local text=${1//\\/\\\\}

  echo "\"${text//\"/\\\"}\""
}

gimp_profile ()
{
  local swap=$1 system=$GIMP3_DIRECTORY-plug-ins stock name
  shift

  stock=$(pkg-config --variable=gimplibdir gimp-3.0)/plug-ins
  rm -rf "$system"
  mkdir -p "$GIMP3_DIRECTORY" "$system"
  for name; do
    ln -s "$stock"/$name "$system/" # a pattern
  done
  cat >"$GIMP3_DIRECTORY/gimprc" <<END
(plug-in-path $(gimp_quoted "$GIMP3_DIRECTORY/plug-ins:$system"))
(swap-path $(gimp_quoted "$swap"))
(check-updates no)
END
}
