#!/usr/bin/env bash
# Runs every bench of the workspace. Each prints, case by case, the ratio of
# our time to a peer's, measured in turns in one process, with its spread.
#
#   ci/bench.sh             all benches, all cases
#   ci/bench.sh lines       the cases whose name contains `lines`
#   SAVE=bench.txt ci/bench.sh   keeps what was printed, too
#
# Ratios of one run compare; nanoseconds of two machines do not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../listings"

case "${1-}" in
-h | --help)
  sed -n '2,/^set/{s/^# \{0,1\}//;/^set/!p}' "../ci/${BASH_SOURCE[0]##*/}"
  exit
  ;;
esac

machine() {
  uname -srm
  rustc --version
  if [[ -r /proc/cpuinfo ]]; then
    sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sort | uniq -c
    read -r load _ </proc/loadavg
    echo "load before: $load (above 0.5, close what else is running)"
  fi
}

{
  machine
  # `--benches` would also run each library's unit tests as benches.
  cargo bench --quiet --workspace --bench '*' -- "$@"
} | tee "${SAVE:-/dev/null}"
