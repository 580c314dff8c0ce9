#!/bin/sh
# The rustc that skeptic calls (`[env] RUSTC` in .cargo/config.toml). Anything
# but a snippet goes to rustc untouched: build scripts of dependencies ask too.
# A snippet is compiled as edition 2024, one that must not compile is judged,
# and a program gets a deadline: a forgotten `accept` cannot hang the tests.
rustc=${CARGO%/*}/rustc
[ -x "$rustc" ] || rustc=rustc
case $1 in
*/rust-skeptic*/test.rs) ;;
*) exec "$rustc" "$@" ;;
esac

source=$1
folder=${source%/*}
origin=$(sed -n '2s,^// snippet: ,,p;2q' "$source")
want=$(sed -n '3s,^// must fail: ,,p;3q' "$source")

# Edition 2024 and quiet about what clippy says of the listing itself; the
# compiler then names the page instead of a temporary file.
for argument; do
    shift
    case $argument in --edition=*) argument=--edition=2024 ;; esac
    set -- "$@" "$argument"
done
set -- "$@" -Awarnings "--remap-path-prefix=$source=$origin"

if [ -n "$want" ]; then
    if "$rustc" "$@" 2>"$folder/errors"; then
        echo "$origin: compiles, but the page says compile_fail,$want" >&2
        exit 1
    fi
    other=$(grep '^error' "$folder/errors" |
        grep -v -e "^error\[$want\]" -e '^error: aborting due to ')
    if [ -n "$other" ] || ! grep -q "^error\[$want\]" "$folder/errors"; then
        cat "$folder/errors" >&2
        echo "$origin: fails, but not with $want and nothing else" >&2
        exit 1
    fi
    exit 0
fi

if ! "$rustc" "$@"; then
    echo "$origin: does not compile" >&2
    exit 1
fi
program=$folder/out.exe
[ -f "$program" ] || exit 0
mv "$program" "$folder/snippet" || exit 1
{
    echo '#!/bin/sh'
    printf 'origin=%s\n' "'$(printf %s "$origin" | sed "s/'/'\\\\''/g")'"
    cat "$(dirname "$0")/watch-snippet.sh"
} >"$program" && chmod +x "$program"
