#!/bin/sh
# Brings in, from Debian, the real parts that test/e2e runs against. Needs root only when something is missing.
# What the stable suite has is installed; a current Docker Engine, which it has not, is unpacked into the directory
# that this prints, to be put in front of PATH.
set -eu
parts="${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/registry-pull-parts"
export DEBIAN_FRONTEND=noninteractive

# A mirror in the middle of its own update gives wrong lists for a moment.
patiently() {
  for pause in 10 20 30; do
    "$@" >&2 && return 0
    sleep "$pause"
  done
  echo "failed: $*" >&2
  return 1
}

packages=""
for pair in docker-registry:docker-registry skopeo:skopeo podman:podman runc:runc htpasswd:apache2-utils openssl:openssl busybox:busybox-static \
  zsh:zsh mksh:mksh ksh93:ksh93u+m cmark-gfm:cmark-gfm; do
  command -v "${pair%%:*}" >/dev/null 2>&1 || packages="$packages ${pair#*:}"
done
install_stable() { apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages; }
[ -z "$packages" ] || patiently install_stable

download_engine() {
  uri=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/*.sources 2>/dev/null | head -n 1)
  [ -n "$uri" ] || uri=$(sed -n 's/^deb \([^ ]*\) .*/\1/p' /etc/apt/sources.list | head -n 1)
  work=$(mktemp -d) && mkdir -p "$work/lists/partial" "$work/packages" "$work/root"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri sid main" > "$work/sid.list"
  set -- -o "Dir::Etc::sourcelist=$work/sid.list" -o Dir::Etc::sourceparts=- -o "Dir::State::Lists=$work/lists" -o APT::Sandbox::User=root
  apt-get "$@" update -qq && (cd "$work/packages" && apt-get "$@" download -qq docker.io docker-cli containerd) || return 1
  for package in "$work"/packages/*.deb; do dpkg -x "$package" "$work/root"; done
  rm -rf "$parts" && mkdir -p "$(dirname "$parts")" && mv "$work/root" "$parts" && rm -rf "$work"
}
[ -x "$parts/usr/sbin/dockerd" ] || patiently download_engine
echo "$parts/usr/bin:$parts/usr/sbin"
