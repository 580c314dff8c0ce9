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

# A program that was compiled before is taken from the cache, if its text and
# its arguments are the same and no crate it links is newer: most edits of a
# page change one block. It is run each time.
cached=
externs=
previous=
fresh=yes
for argument; do
    case $previous in
    -L) [ -n "$cached" ] || cached=$argument/snippets ;;
    --extern)
        case $argument in
        book_tests=*) ;; # Built anew with each page; no snippet uses it.
        *) externs="$externs ${argument#*=}" ;;
        esac
        ;;
    esac
    previous=$argument
done
if [ -n "$cached" ]; then
    mkdir -p "$cached" && find "$cached" -type f -mtime +3 -exec rm -f {} +
    # skeptic names the crates in another order each time.
    arguments=$(for argument; do
        case $argument in *"$folder"*) ;; *) echo "$argument" ;; esac
    done | sort)
    key=$({ cat "$source" && echo "$arguments"; } | cksum | tr ' ' -)
    cached=$cached/$key
    { [ -x "$cached" ] && cmp -s "$source" "$cached.rs"; } || fresh=no
    for extern in $externs; do
        # shellcheck disable=SC3013 # POSIX.1-2024 has -nt, as did every sh.
        [ "$extern" -nt "$cached" ] && fresh=no
    done
else
    fresh=no
fi

program=$folder/out.exe
if [ $fresh = yes ]; then
    # A link where that is possible: nothing has to be written.
    ln "$cached" "$folder/snippet" 2>/dev/null ||
        cp "$cached" "$folder/snippet" || exit 1
else
    if ! "$rustc" "$@"; then
        echo "$origin: does not compile" >&2
        exit 1
    fi
    [ -f "$program" ] || exit 0
    mv "$program" "$folder/snippet" || exit 1
    if [ -n "$cached" ]; then
        # Under a name of its own first: nobody finds half a program.
        cp "$source" "$cached.rs" &&
            cp "$folder/snippet" "$cached.$$" && mv "$cached.$$" "$cached"
    fi
fi
{
    echo '#!/bin/sh'
    printf 'origin=%s\n' "'$(printf %s "$origin" | sed "s/'/'\\\\''/g")'"
    cat "$(dirname "$0")/watch-snippet.sh"
} >"$program" && chmod +x "$program"
