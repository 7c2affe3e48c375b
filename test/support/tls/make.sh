#!/bin/sh
# Makes the certificates of the TLS tests anew. They and their key protect nothing: everything listens on loopback.
set -eu
export LC_ALL=C
cd "$(dirname "$0")"
openssl ecparam -genkey -name prime256v1 -noout -out key.pem
subject="subjectAltName=DNS:localhost,DNS:registry.example,DNS:*.registry.example,IP:127.0.0.1"
openssl req -x509 -new -key key.pem -subj "/CN=registry-pull tests" -days 36500 -addext "basicConstraints=critical,CA:TRUE" -out authority.pem
issue() { # name, subjectAltName, dates
  openssl req -new -key key.pem -subj "/CN=$1" -out request.pem
  printf '%s\nbasicConstraints=CA:FALSE\n' "$2" >extensions
  shift 2
  openssl x509 -req -in request.pem -CA authority.pem -CAkey key.pem -CAcreateserial -extfile extensions "$@"
}
issue good "$subject" -days 36500 >good.pem
issue wrong-name "subjectAltName=DNS:somewhere.else.example" -days 36500 >wrong-name.pem
# Only `openssl ca` lets dates be chosen.
: >issued
openssl req -new -key key.pem -subj "/CN=expired" -out request.pem
printf '[ca]\ndefault_ca=own\n[own]\ndatabase=issued\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n' >configuration
printf '%s\nbasicConstraints=CA:FALSE\n' "$subject" >extensions
openssl ca -batch -notext -config configuration -cert authority.pem -keyfile key.pem -in request.pem -extfile extensions \
  -startdate 20200101000000Z -enddate 20200102000000Z -out expired.pem
openssl req -x509 -new -key key.pem -subj "/CN=self-signed" -addext "$subject" -days 36500 -out self-signed.pem
rm -f request.pem extensions configuration issued* authority.srl [0-9A-F]*.pem
