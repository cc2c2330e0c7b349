#!/usr/bin/env bash
# standin.sh NAME: imports an image that can stand in for the official Go image
# where that one cannot be pulled: this machine's Go toolchain, CA roots, a
# shell, and the modules that the builds need. The Dockerfiles then build
# unchanged and without a network.
set -euo pipefail
cd "$(dirname "$0")/../../.."

stage=$(mktemp -d)
trap 'chmod -R u+w "$stage" && rm -rf "$stage"' EXIT

# A shell and the few commands that the Dockerfiles run, with their libraries.
mkdir -p "$stage"/{bin,tmp,etc/ssl/certs,go/pkg/mod}
chmod 1777 "$stage/tmp"
for command in sh mkdir cp ls cat; do
  path=$(readlink -f "$(command -v "$command")")
  cp "$path" "$stage/bin/$command"
  for library in $(ldd "$path" | grep -o '/[^ ]*'); do
    mkdir -p "$stage$(dirname "$library")"
    cp -Ln "$library" "$stage$library"
  done
done
cp -L /etc/ssl/certs/ca-certificates.crt "$stage/etc/ssl/certs/"

# Only the modules of the two builds, out of this machine's own cache.
cache=$(go env GOMODCACHE)
for module in . examples/api-go; do
  (
    cd "$module"
    go mod download || go mod download
    GOMODCACHE="$stage/go/pkg/mod" GOPROXY="file://$cache/cache/download" GOSUMDB=off GOFLAGS=-modcacherw go mod download
  )
done

goroot=$(go env GOROOT)
tar -cf - --owner=0 --group=0 \
  -C "$stage" . \
  --exclude='testdata' --exclude="${goroot#/}/test" --exclude="${goroot#/}/api" --exclude="${goroot#/}/doc" \
  --transform "s,^${goroot#/},usr/local/go," \
  -C / "${goroot#/}" |
  docker import \
    --change 'ENV PATH=/usr/local/go/bin:/bin' \
    --change 'ENV GOPATH=/go' \
    --change 'ENV GOPROXY=off' \
    --change 'ENV GOSUMDB=off' \
    --change 'ENV GOTOOLCHAIN=local' \
    - "$1"
