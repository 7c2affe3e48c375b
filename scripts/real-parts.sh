#!/bin/sh
# Installs, from Debian, the real parts that test/e2e runs against. Needs root only when something is missing.
set -eu
packages=""
for pair in docker-registry:docker-registry skopeo:skopeo podman:podman htpasswd:apache2-utils openssl:openssl; do
  command -v "${pair%%:*}" >/dev/null 2>&1 || packages="$packages ${pair#*:}"
done
[ -n "$packages" ] || exit 0
export DEBIAN_FRONTEND=noninteractive
# A mirror in the middle of its own update gives wrong lists for a moment.
for attempt in 1 2 3; do
  if apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages; then exit 0; fi
  sleep "${attempt}0"
done
echo "could not install:$packages" >&2
exit 1
