# shellcheck shell=sh
# Runs the snippet beside it, and kills it and its children when it does not
# end by itself. What it prints goes through files, so that nothing that
# outlives it keeps the test waiting at the other end of a pipe.
# `origin`, the page and line, was set by the lines that rustc-snippet.sh put
# before these.
: "${origin:?}"
folder=${0%/*}
seconds=${BOOK_SNIPPET_SECONDS:-20}

family() { # The process $1 and its descendants.
    echo "$1"
    for child in $(ps -A -o pid= -o ppid= | awk "\$2 == $1 { print \$1 }"); do
        family "$child"
    done
}

{
    trap 'kill "$sleep" 2>/dev/null; exit' TERM
    sleep "$seconds" &
    sleep=$!
    wait "$sleep"
    trap '' TERM
    : >"$folder/late"
    family "$(cat "$folder/pid")" | xargs kill -KILL 2>/dev/null
} </dev/null >/dev/null 2>&1 &
watch=$!

# In the foreground: a background job of sh would ignore Ctrl-C.
sh -c 'echo $$ >"$1/pid"; exec "$1/snippet"' sh "$folder" \
    </dev/null >"$folder/stdout" 2>"$folder/stderr"
status=$?
kill "$watch" 2>/dev/null
wait "$watch" 2>/dev/null
cat "$folder/stdout"
cat "$folder/stderr" >&2
if [ -e "$folder/late" ]; then
    echo "snippet killed after $seconds s: it did not end by itself" >&2
    status=124
fi
[ "$status" -eq 0 ] || echo "$origin: failed with status $status" >&2
exit "$status"
