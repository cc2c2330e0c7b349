#!/usr/bin/env bash
# Installs from Debian's packages whatever the acceptance tests miss. On a
# system without apt, or without the right to install, it says what is missing
# and leaves it to the tests that need it.
set -euo pipefail

if ! command -v go >/dev/null; then
  echo "MISSING: Go 1.26 or newer; see https://go.dev/dl" >&2
  exit 1
fi

packages=()
need() { # need PACKAGE COMMAND...: the package is needed when none of the commands is there
  local package=$1 command
  shift
  for command in "$@"; do
    if command -v "$command" >/dev/null; then return; fi
  done
  packages+=("$package")
}

# Chromium without a window around the page is half the work for the machine.
# Where it cannot be installed, the usual one does.
shell=''
if [ ! -x "${CHROMIUM:-}" ] && [ ! -x /usr/lib/chromium/chromium-headless-shell ]; then
  shell=chromium-headless-shell
fi
need libnss3-tools certutil
need openssl openssl
need nodejs node
need npm npm
need curl curl
need jq jq
need gcc cc gcc # the race detector
need libc6-dev cc gcc
need docker.io dockerd
if ! docker compose version >/dev/null 2>&1; then
  need docker-compose docker-compose
fi
if [ -z "$(find /usr/share/fonts /usr/local/share/fonts -name '*.[to]tf' -print -quit 2>/dev/null)" ]; then
  packages+=(fonts-liberation)
fi

if [ -z "$shell" ] && [ ${#packages[@]} -eq 0 ]; then
  exit
fi
root=()
if [ "$(id -u)" -ne 0 ]; then
  root=(sudo -n)
  if [ -t 0 ]; then root=(sudo); fi # somebody is there to type a password
fi
if ! command -v apt-get >/dev/null || ! "${root[@]}" true 2>/dev/null; then
  echo "MISSING, and not installed (no apt, or neither root nor sudo): ${packages[*]} $shell" >&2
  exit
fi
echo "installing ${packages[*]} $shell" >&2
apt() { # what fails on the way is tried again, and another run of apt is waited for
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=5 -o DPkg::Lock::Timeout=600 "$@"
}
apt update || true # what is needed may be known from before
if [ -n "$shell" ] && ! apt install -y --no-install-recommends "$shell" >/dev/null; then
  need chromium chromium google-chrome
fi
if [ ${#packages[@]} -gt 0 ]; then
  apt install -y --no-install-recommends "${packages[@]}" >/dev/null
fi
