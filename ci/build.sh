#!/usr/bin/env bash
# Builds the book into book/ (or the folder given), refusing every warning.
# Settings come from mdBook's own environment variables, such as
# MDBOOK_OUTPUT__HTML__SITE_URL.
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/lib.sh

install_book_tools

log=.tools/log/mdbook.log
mkdir -p .tools/log
status=0
mdbook build --dest-dir "${1:-book}" >"$log" 2>&1 || status=$?
cat "$log"
if [ "$status" -ne 0 ] || grep -qiwE 'warn|warning|error' "$log"; then
	say "mdbook build: a warning or an error, see above"
	exit 1
fi
