#!/usr/bin/env bash
# The one definition of green: installs what it needs, then checks everything.
# Each stage prints a line; the log of one that fails is shown.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. ci/lib.sh

logs=.tools/log
mkdir -p "$logs"
passed=0 failed=0 skipped=0
begin=$SECONDS

# A short log whole; of a long one what tests say of their failures, and its end.
show() {
	if [ "$(wc -l <"$1")" -le 200 ]; then
		cat "$1"
	else
		grep -E -A 20 '^(---- |error|warning)' "$1" | head -n 200
		echo "…"
		tail -n 40 "$1"
	fi
}

# stage NAME COMMAND...: runs it; exit code 77 means that it was skipped, and
# its last line says why.
stage() {
	local name=$1 log="$logs/${1// /-}.log" from=$SECONDS code=0
	shift
	"$@" >"$log" 2>&1 || code=$?
	case $code in
	0) passed=$((passed + 1)) verdict=ok ;;
	77) skipped=$((skipped + 1)) verdict="skipped: $(tail -n 1 "$log")" ;;
	*) failed=$((failed + 1)) verdict=FAILED ;;
	esac
	printf '%-32s %4d s  %s\n' "$name" $((SECONDS - from)) "$verdict"
	if [ "$verdict" = FAILED ]; then
		show "$log" | sed 's/^/  | /'
	fi
}

in_listings() { (cd listings && "$@"); }

tools() { install_book_tools && install_tool typos-cli 1.52.0; }

# Readers solve exercises in their own copy; the repository keeps them open.
exercises_open() {
	local file code=0
	for file in listings/exercises/*/src/yours.rs; do
		grep -q 'todo!(' "$file" || { echo "$file: solved" && code=1; }
	done
	return $code
}

shell_scripts() {
	install_shellcheck || return
	shellcheck -x ci/*.sh .ci/run listings/book-tests/*.sh
}

stage "tools" tools
stage "format" in_listings cargo fmt --all --check
stage "format of the fuzzer" in_listings cargo fmt --manifest-path fuzz/Cargo.toml --check
stage "clippy" in_listings cargo clippy --workspace --all-targets -- -D warnings
stage "cargo test" in_listings cargo test --workspace --no-fail-fast
stage "fuzzing, 20 s a target" ci/fuzz.sh
stage "exercises are unsolved" exercises_open
stage "mdbook build" ci/build.sh
stage "links of the built book" in_listings cargo run --quiet -p book-check --bin check-html -- ../book
stage "spelling" typos
stage "shell scripts" shell_scripts

echo
echo "took $((SECONDS - begin)) s; logs in $logs"
echo "stages: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
