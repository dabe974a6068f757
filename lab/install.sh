#!/bin/sh
# Installs what lab/packages.txt names, when one of its programs is missing; starts no service.
# Needs apt-get, and root or a sudo that asks for nothing; without them it says what to install and fails.
set -eu
cd "${0%/*}"
PATH="$PATH:/usr/sbin:/sbin"
for directory in /usr/lib/postgresql/*/bin; do PATH="$PATH:$directory"; done

# rustup puts a cargo on PATH that fails as long as it has no toolchain.
runs() {
  case "$1" in cargo) cargo --version || /usr/bin/cargo --version ;; *) command -v "$1" ;; esac
}

missing=""
while read -r program package; do
  case "$program" in "" | "#"*) continue ;; esac
  runs "$program" >/dev/null 2>&1 || missing="$missing $package"
done <packages.txt
if [ -z "$missing" ]; then
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
echo "lab: installing$missing" >&2
log=$(mktemp)
apt() {
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1
}
if apt update && apt install --no-install-recommends $missing; then
  rm -f "$log"
else
  cat "$log" >&2
  exit 1
fi
