#!/bin/sh
# Installs what lab/packages.txt names, when one of its programs is missing; starts no service. A program with a least
# version comes from a later suite of Debian where the machine's own is older, beside it: nothing is replaced.
# Needs apt-get, and root or a sudo that asks for nothing; without them it says what to install and fails.
set -eu
cd "${0%/*}"
PATH="$PATH:/usr/sbin:/sbin"
for directory in /usr/lib/postgresql/*/bin; do PATH="$PATH:$directory"; done

# rustup puts a cargo on PATH that fails as long as it has no toolchain.
runs() {
  case "$1" in cargo) cargo --version || /usr/bin/cargo --version ;; *) command -v "$1" ;; esac
}

later=${FOOTING_LAB_PROGRAMS:-/usr/local/lib/footing-lab}

missing="" old=""
while read -r program package least; do
  case "$program" in "" | "#"*) continue ;; esac
  runs "$program" >/dev/null 2>&1 || missing="$missing $package"
  if [ -n "$least" ] && [ ! -e "$later/bin/$program" ]; then old="$old $program:$package:$least"; fi
done <packages.txt
if [ -z "$missing$old" ]; then
  exit 0
fi

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  as_root="sudo -n"
fi
if ! command -v apt-get >/dev/null || ! $as_root true 2>/dev/null; then
  echo "lab: install these packages first:$missing" >&2
  exit 1
fi

# Debian's packages start their services at once unless this file says no (invoke-rc.d asks it).
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap '$as_root rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
  $as_root chmod 0755 "$policy"
fi
log=$(mktemp)
apt() {
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1
}
if [ -n "$missing" ]; then
  echo "lab: installing$missing" >&2
  if ! { apt update && apt install --no-install-recommends $missing; }; then
    cat "$log" >&2
    exit 1
  fi
fi

version() { "$1" --version 2>&1 | grep -Eo '[0-9]+(\.[0-9]+)+' | head -n 1; }
# Unpacks a suite's PROGRAM with its own libraries, and starts it by that suite's loader: its C library is newer.
unpack() { # PROGRAM PACKAGE SUITE
  root=$later/$3 state=$(mktemp -d)
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  : >"$state/status"
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1)
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $3 main" >"$state/suite.list"
  set -- "$1" "$2" -o Dir::Etc::SourceList="$state/suite.list" -o Dir::Etc::SourceParts=- \
    -o Dir::State::Lists="$state/lists" -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache" \
    -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
  program=$1 package=$2
  shift 2
  $as_root mkdir -p "$root" "$later/bin" && apt "$@" update &&
    apt "$@" --download-only --no-install-recommends install "$package" &&
    for archive in "$state"/cache/archives/*.deb; do
      dpkg-deb --fsys-tarfile "$archive" | $as_root tar -x -C "$root" --wildcards \
        "./usr/*bin/$program" '*-linux-gnu/lib*.so*' '*/ld-linux*' 2>>"$log" || :
    done
  rm -rf "$state"
  loader=$(ls "$root"/usr/lib*/ld-linux*.so.* "$root"/usr/lib/*/ld-linux*.so.* 2>/dev/null | head -n 1)
  binary=$(ls "$root"/usr/*bin/"$program" 2>/dev/null | head -n 1)
  printf '#!/bin/sh\nexec %s --library-path %s %s "$@"\n' "$loader" "$(echo "$root"/usr/lib/*-linux-gnu)" "$binary" |
    $as_root tee "$later/bin/$program" >/dev/null
  $as_root chmod 0755 "$later/bin/$program"
}
for entry in $old; do
  program=${entry%%:*} least=${entry##*:} package=${entry#*:}
  package=${package%:*} own=$(command -v "$program") found=""
  for suite in "" sid trixie; do
    if [ -z "$suite" ]; then
      found=$(version "$own")
    else
      echo "lab: $program is $found here, wanted $least: looking in Debian's $suite" >&2
      unpack "$program" "$package" "$suite" && found=$(version "$later/bin/$program") || continue
    fi
    dpkg --compare-versions "${found:-0}" ge "$least" && break
  done
  if [ -z "$suite" ] || ! dpkg --compare-versions "$(version "$later/bin/$program" || echo 0)" gt "$(version "$own")"; then
    $as_root mkdir -p "$later/bin" && $as_root ln -sf "$own" "$later/bin/$program"
  fi
  echo "lab: $program is $(version "$later/bin/$program"), wanted $least; rm -r $later looks again" >&2
done
rm -f "$log"
