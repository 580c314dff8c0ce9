#!/usr/bin/env bash
# Sends the parsers what a hostile peer might: each target of listings/fuzz,
# for as long as given, from a random start. A crash leaves its input in
# listings/fuzz/artifacts/, and the command that repeats it.
#
#   ci/fuzz.sh               every target, 20 seconds each
#   ci/fuzz.sh packet 600    one target, ten minutes
#
# Exit code 77: skipped, and the last line says why.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. ci/lib.sh

seconds=${2:-20}
targets=("${1-}")
if [ -z "${1-}" ]; then
	targets=(listings/fuzz/fuzz_targets/*.rs)
fi

need_compilers
# The sanitizer is the compiler's, and libFuzzer's is for these two systems.
case "$(uname -s)-$(uname -m)" in
Linux-x86_64 | Darwin-arm64 | Darwin-x86_64 | Linux-aarch64) ;;
*)
	say "libFuzzer and its sanitizer do not run on $(uname -sm)"
	exit 77
	;;
esac
if ! install_tool cargo-fuzz 0.13.2; then
	say "cargo-fuzz could not be installed"
	exit 77
fi

# The sanitizer's options are unstable. A stable compiler takes them too when
# it is told to; a nightly one, if it is the one in use, takes them anyway.
export RUSTC_BOOTSTRAP=1
host=$(rustc -vV | sed -n 's/^host: //p')
if ! rustc -Zsanitizer=address --target "$host" --print file-names - \
	</dev/null >/dev/null 2>&1; then
	say "this compiler has no address sanitizer; a nightly one does"
	exit 77
fi

cd listings/fuzz
cargo fuzz build --fuzz-dir .
for target in "${targets[@]}"; do
	target=$(basename "$target" .rs)
	echo "== $target, $seconds s"
	# Small inputs reach more states a second; a gigabyte is a leak.
	cargo fuzz run --fuzz-dir . "$target" -- -max_total_time="$seconds" \
		-max_len=2048 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1
done
