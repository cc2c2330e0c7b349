#!/usr/bin/env bash
# Installs from Debian's packages whatever the acceptance tests miss. On a
# system without apt, or without the right to install, it says what is missing
# and leaves it to the tests that need it.
set -euo pipefail

packages=()
need() { # need PACKAGE COMMAND...: the package is needed when none of the commands is there
  local package=$1 command
  shift
  for command in "$@"; do
    if command -v "$command" >/dev/null; then return; fi
  done
  packages+=("$package")
}

if [ ! -x "${CHROMIUM:-}" ]; then
  need chromium chromium google-chrome
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

if [ ${#packages[@]} -eq 0 ]; then
  exit
fi
root=()
if [ "$(id -u)" -ne 0 ]; then
  root=(sudo -n)
  if [ -t 0 ]; then root=(sudo); fi # somebody is there to type a password
fi
if ! command -v apt-get >/dev/null || ! "${root[@]}" true 2>/dev/null; then
  echo "MISSING, and not installed (no apt, or neither root nor sudo): ${packages[*]}" >&2
  exit
fi
echo "installing ${packages[*]}" >&2
apt() { # what fails on the way is tried again, and another run of apt is waited for
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=5 -o DPkg::Lock::Timeout=600 "$@"
}
apt update
apt install -y --no-install-recommends "${packages[@]}" >/dev/null
