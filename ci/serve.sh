#!/usr/bin/env bash
# Builds the book, shows it at http://127.0.0.1:3000, and builds it again when
# a page changes. PORT=8080 ci/serve.sh takes another port; arguments go to
# mdBook: ci/serve.sh --open opens a browser.
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/lib.sh

port=${PORT:-3000}
case "$port" in
'' | *[!0-9]*)
	say "PORT=$port is not a number."
	exit 1
	;;
esac

# A connection that is accepted means that somebody listens there.
if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
	say "Port $port is in use by another program."
	say "Take another one: PORT=$((port < 65000 ? port + 1 : 3001)) ci/serve.sh"
	exit 1
fi

install_book_tools

# mdBook leaves out a preprocessor that does not compile, without a word:
# make sure of them first.
if ! cargo build --manifest-path listings/Cargo.toml -p book-preprocessor; then
	say "The book's preprocessors do not compile, see above."
	exit 1
fi

say "The book will be at http://127.0.0.1:$port (Ctrl-C stops it)."
exec mdbook serve --hostname 127.0.0.1 --port "$port" "$@"
