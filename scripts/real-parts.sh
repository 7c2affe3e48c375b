#!/bin/sh
# Installs from Debian the programs that test/e2e and bench run against. Needs root only if some are
# missing. The packages of the stable suite are installed. The stable suite has no current Docker
# Engine, so that is unpacked into a directory of its own. Prints directories to prepend to PATH.
set -eu
parts="${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/registry-pull-parts"
export DEBIAN_FRONTEND=noninteractive

# Retries: a mirror that is being updated serves inconsistent lists for a moment.
retrying() {
  for pause in 10 20 30; do
    "$@" >&2 && return 0
    sleep "$pause"
  done
  echo "failed: $*" >&2
  return 1
}

# program:package
pairs="docker-registry:docker-registry skopeo:skopeo podman:podman runc:runc
  htpasswd:apache2-utils openssl:openssl busybox:busybox-static
  zsh:zsh mksh:mksh ksh93:ksh93u+m cmark-gfm:cmark-gfm"
packages=""
for pair in $pairs; do
  command -v "${pair%%:*}" >/dev/null 2>&1 || packages="$packages ${pair#*:}"
done
install_stable() {
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages
}
[ -z "$packages" ] || retrying install_stable

# The URI of the first configured Debian mirror.
mirror() {
  uri=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/*.sources 2>/dev/null |
    head -n 1)
  [ -n "$uri" ] || uri=$(sed -n 's/^deb \([^ ]*\) .*/\1/p' /etc/apt/sources.list | head -n 1)
  echo "$uri"
}

# Downloads the engine from sid with package lists of its own, so that apt's stay as they are.
download_engine() {
  work=$(mktemp -d) && mkdir -p "$work/lists/partial" "$work/packages" "$work/root" || return 1
  key=/usr/share/keyrings/debian-archive-keyring.gpg
  echo "deb [signed-by=$key] $(mirror) sid main" > "$work/sid.list"
  set -- -o "Dir::Etc::sourcelist=$work/sid.list" -o Dir::Etc::sourceparts=- \
    -o "Dir::State::Lists=$work/lists" -o APT::Sandbox::User=root
  apt-get "$@" update -qq || return 1
  (cd "$work/packages" && apt-get "$@" download -qq docker.io docker-cli containerd) || return 1
  for package in "$work"/packages/*.deb; do dpkg -x "$package" "$work/root"; done
  rm -rf "$parts" && mkdir -p "$(dirname "$parts")" && mv "$work/root" "$parts" || return 1
  rm -rf "$work"
}
[ -x "$parts/usr/sbin/dockerd" ] || retrying download_engine
echo "$parts/usr/bin:$parts/usr/sbin"
