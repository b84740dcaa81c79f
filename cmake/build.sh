# shellcheck shell=bash
# Configures and builds presets, for ./dev.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build
jobs=$(nproc)

folder_of() { # PRESET
  if [ "$1" = dev ]; then echo "$build"; else echo "$root/build-$1"; fi
}

configure() { # PRESET CMAKE_OPTION...
  local preset=$1 folder option generator=()
  folder=$(folder_of "$preset")
  shift
  local changed=0
  [ -e "$folder/build.ninja" ] || [ -e "$folder/Makefile" ] || changed=1
  [ ! "$root/CMakePresets.json" -nt "$folder/configure.log" ] || changed=1
  for option; do # as in -DNAME=VALUE
    option=${option#-D}
    grep -q "^${option%%=*}:[A-Z]*=${option#*=}\$" "$folder/CMakeCache.txt" 2>/dev/null || changed=1
  done
  [ $changed = 1 ] || return 0
  command -v ninja >/dev/null || generator=(-G "Unix Makefiles")
  mkdir -p "$folder"
  if ! (cd "$root" && cmake --preset "$preset" "${generator[@]}" "$@") \
    </dev/null >"$folder/configure.log" 2>&1; then
    cat "$folder/configure.log" >&2
    rm -f "$folder/build.ninja" "$folder/Makefile"
    return 1
  fi
}

# Whether it was said already that something is built.
told=0

# Passes on what a build says, less its progress: on a terminal that is one line that changes.
show_build() {
  local line width shown=0
  width=$(tput cols 2>/dev/null || echo 80)
  while IFS= read -r line; do
    case $line in
      'ninja: no work to do.' | *'Re-checking globbed directories'* | *'Built target '*) ;;
      '['*)
        if [ -t 2 ]; then
          printf '\r\e[K%s' "${line:0:width-1}"
          shown=1
        elif [ $told = 0 ]; then
          echo "dev: building" && told=1
        fi
        ;;
      *)
        [ $shown = 0 ] || printf '\r\e[K'
        shown=0
        printf '%s\n' "$line"
        ;;
    esac
  done >&2
  [ $shown = 0 ] || printf '\r\e[K' >&2
}

make_in() { # FOLDER BUILD_OPTION...
  local folder=$1
  shift
  cmake --build "$folder" --parallel "$jobs" "$@" </dev/null 2>&1 | show_build
}
