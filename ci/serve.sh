#!/usr/bin/env bash
# Serves the book on 127.0.0.1 and rebuilds it when a page changes. The first
# start installs what it needs into .tools/, which git ignores.
#
# Usage: ci/serve.sh [--open]      PORT=3001 ci/serve.sh
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/lib.sh

case "${1-}" in
'' | --open) ;;
*)
	say "usage: ci/serve.sh [--open]; PORT=3001 ci/serve.sh for another port"
	exit 2
	;;
esac
port=${PORT:-3000}

need_compilers
install_book_tools

if (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
	say "something listens on 127.0.0.1:$port already; try PORT=$((port + 1)) ci/serve.sh"
	exit 1
fi

say "building the preprocessors"
cargo build --quiet --manifest-path listings/Cargo.toml -p book-preprocessor
say "serving on http://127.0.0.1:$port (Ctrl-C ends it)"
exec mdbook serve --hostname 127.0.0.1 --port "$port" "$@"
