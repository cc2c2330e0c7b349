#!/usr/bin/env bash
# Builds the Dockerfiles, composes the containers and logs in to them, with
# the engine that runs here or one started for the purpose.
set -euo pipefail
cd "$(dirname "$0")/../../.."
: "${FAUX0_BIN:=$PWD/build/faux0}"

say() { echo "docker: ${SECONDS}s: $*"; }
give_up() { # no engine: loud, but no failure
  printf '\n%s\n' "****  SKIPPED: the containers were NOT built and NOT tested: $*  ****" ''
  exit 0
}
fail() {
  echo "docker: FAILED: $*" >&2
  exit 1
}

export COMPOSE_PROJECT_NAME="faux0-acceptance-$$"
work=$(mktemp -d /var/tmp/faux0-docker-XXXXXX)
base=$(sed -n 's/^FROM \([^ ]*\) AS build$/\1/p' Dockerfile)
engine='' imported=''

# up to five minutes for a condition to come true, on a machine however busy
export COMPOSE_HTTP_TIMEOUT=300
wait_for() {
  local deadline=$((SECONDS + 300))
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.2
  done
}

cleanup() {
  local status=$?
  trap - EXIT
  if [ -n "${started:-}" ]; then
    if [ $status -ne 0 ]; then compose --profile example logs --no-color --tail=60 || true; fi
    compose --profile example down --volumes --remove-orphans >"$work/down.log" 2>&1 || cat "$work/down.log"
  fi
  if [ -n "$imported" ] && [ -z "$engine" ]; then docker rmi "$base" >/dev/null || true; fi
  stop_engine
  rm -rf "$work"
  exit $status
}
trap cleanup EXIT

start_engine() { # start_engine FLAG...: a dockerd of our own, out of everybody's way
  dockerd --data-root "$work/data" --exec-root "$work/exec" --pidfile "$work/pid" \
    --host "unix://$work/docker.sock" "$@" >"$work/dockerd.log" 2>&1 &
  engine=$!
  # Debian's engine comes without BuildKit's command.
  export DOCKER_HOST="unix://$work/docker.sock" DOCKER_BUILDKIT=0 COMPOSE_DOCKER_CLI_BUILD=0
  answers() { docker info || ! kill -0 "$engine"; }
  wait_for answers && docker info >/dev/null 2>&1
}

stop_engine() {
  if [ -n "$engine" ]; then
    kill "$engine" 2>/dev/null || true
    wait "$engine" || true
    engine=''
    unset DOCKER_HOST
    awk -v under="$work/" 'index($2, under) == 1 {print $2}' /proc/mounts | sort -r | xargs -r umount -l || true
    rm -rf "$work/data" "$work/exec"
  fi
}

compose() {
  if docker compose version >/dev/null 2>&1; then docker compose "$@"; else docker-compose "$@"; fi
}

# --- an engine ---
command -v docker >/dev/null || give_up "there is no docker command"
command -v docker-compose >/dev/null || docker compose version >/dev/null 2>&1 || give_up "there is no docker-compose"
if docker info >/dev/null 2>&1; then
  say "using the engine that runs here"
elif [ "$(id -u)" -ne 0 ] || ! command -v dockerd >/dev/null; then
  give_up "no engine runs, and only root with dockerd installed can start one"
else
  # The first leaves no trace in this machine's network; ports are published by docker-proxy.
  quiet="--bridge=none --iptables=false --ip6tables=false"
  for flags in "$quiet" "$quiet --storage-driver=vfs" ""; do
    # shellcheck disable=SC2086 # several flags
    if start_engine $flags; then break; fi
    tail -3 "$work/dockerd.log"
    stop_engine
  done
  [ -n "$engine" ] || give_up "dockerd does not start"
  say "started an engine of our own ($(docker info --format '{{.Driver}}') storage)"
fi

# An engine may answer and still be unable to run anything (inside some
# sandboxes): the tested binary alone must run before the rest means something.
probe="faux0-probe-$$"
if ! tar -cC "$(dirname "$FAUX0_BIN")" "$(basename "$FAUX0_BIN")" | docker import - "$probe" >"$work/probe.log" 2>&1 ||
  ! docker run --rm --network none "$probe" "/$(basename "$FAUX0_BIN")" version >>"$work/probe.log" 2>&1; then
  cat "$work/probe.log"
  give_up "the engine cannot run a container here"
fi
docker rmi "$probe" >/dev/null

# --- the base image ---
if ! docker image inspect "$base" >/dev/null 2>&1; then
  if [ -n "$engine" ] || ! docker pull "$base"; then
    say "$base cannot be pulled here: importing a stand-in made of this machine's Go toolchain"
    testkit/acceptance/docker/standin.sh "$base" >/dev/null
    imported=yes
  fi
fi

# --- the tenant alone: docker-compose up ---
read -r FAUX0_PORT API_PORT < <(node --input-type=module -e '
  import { freePort } from "./testkit/acceptance/server.js";
  console.log(await freePort(), await freePort());')
export FAUX0_PORT API_PORT
state() { docker inspect --format "$1" "$(compose ps -q faux0)"; }
settled() { [ "$(state '{{.State.Health.Status}}')" = healthy ] || [ "$(state '{{.State.Running}}')" = false ]; }
healthy() { wait_for settled && [ "$(state '{{.State.Running}}')" = true ]; }

started=yes
compose --profile example build >"$work/build.log" 2>&1 || { tail -40 "$work/build.log"; fail "the images do not build"; }
say "built: $(docker images --format '{{.Repository}} {{.Size}}' | grep ^faux0 | paste -sd, -)"
compose up -d >"$work/up.log" 2>&1 || { cat "$work/up.log"; fail "docker-compose up"; }
healthy || fail "the health check never turned healthy: $(state '{{json .State}}')"
say "the tenant is up and healthy"

container=$(compose ps -q faux0)
[ "$(docker inspect --format '{{.Config.User}}' "$container")" = 65532:65532 ] || fail "the container runs as root"
files=$(docker export "$container" | tar -tf - | grep -Ev '^(dev|etc|proc|sys)/|/$|^\.dockerenv$|^fixtures' || true)
[ "$files" = faux0 ] || fail "the image holds more than one binary: $files"

ca() { curl -fsS "http://localhost:$FAUX0_PORT/_faux0/ca.pem"; }
ca >"$work/ca.pem"
curl -fsS --cacert "$work/ca.pem" "https://localhost:$FAUX0_PORT/.well-known/openid-configuration" >/dev/null || fail "HTTPS on the same port"

# --- with the example API: docker-compose --profile example up ---
compose --profile example up -d >"$work/up.log" 2>&1 || { cat "$work/up.log"; fail "docker-compose --profile example up"; }
(
  cd testkit/acceptance/go
  FAUX0_COMPOSED="http://localhost:$FAUX0_PORT/" API_URL="http://localhost:$API_PORT/" \
    go test -count=1 -v -run '^TestComposedContainers$' .
) || fail "the composed containers do not do what they should"

# --- down and up again: the CA is still the one that a browser trusts ---
compose --profile example down >"$work/down.log" 2>&1
compose up -d >"$work/up.log" 2>&1
healthy || fail "not healthy after down and up"
ca | cmp - "$work/ca.pem" || fail "the CA changed between down and up"
say "ok"
