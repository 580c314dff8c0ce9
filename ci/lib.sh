# shellcheck shell=bash
# What the scripts of ci/ share. They source it from the repository's root.
# Tools go below .tools/, which git ignores: nothing else is touched.

PATH="$PWD/.tools/bin:$PATH"
export PATH

say() { printf '%s\n' "$*" >&2; }

# need_compilers: says how to get cargo and a C compiler, if one is missing.
need_compilers() {
	local missing=0
	if ! command -v cargo >/dev/null; then
		say "Rust is missing: https://rustup.rs/ tells how to install it."
		missing=1
	fi
	if ! command -v cc >/dev/null; then
		say "A C compiler (cc) is missing, which Rust links with. Install it:"
		say "  Debian, Ubuntu: sudo apt install build-essential"
		say "  Fedora: sudo dnf install gcc    macOS: xcode-select --install"
		missing=1
	fi
	return $missing
}

# has_tool BINARY VERSION: whether it is on PATH in just this version.
has_tool() {
	local answer
	answer=$("$1" --version 2>/dev/null) || return 1
	case "$answer" in
	*" $2" | *" v$2") return 0 ;;
	*) return 1 ;;
	esac
}

# install_tool CRATE VERSION: installs a tool of crates.io, unless it is there.
install_tool() {
	local crate=$1 version=$2 binary=${1%-cli} log=.tools/log/install-$1.log
	has_tool "$binary" "$version" && return 0
	say "Installing $crate $version below .tools/ (once; about two minutes on two cores)"
	mkdir -p .tools/log
	# A target folder of its own: flags and profiles of the book's workspace
	# do not hold for tools.
	if ! CARGO_TARGET_DIR="$PWD/.tools/target" cargo install --locked --force \
		--root .tools --version "=$version" "$crate" >"$log" 2>&1; then
		tail -n 40 "$log" >&2
		say "Could not install $crate $version; the whole log is in $log"
		return 1
	fi
	rm -rf .tools/target
	if ! has_tool "$binary" "$version"; then
		say "$crate was installed, but '$binary --version' is not $version."
		return 1
	fi
}

# What mdBook needs to build this book. Newer versions may work; these do.
install_book_tools() {
	need_compilers &&
		install_tool mdbook 0.5.4 &&
		install_tool mdbook-admonish 1.20.0
}

# No crate has shellcheck; Debian's packages do. 77 is "skipped" to ci/test.sh,
# and the last line says why.
install_shellcheck() {
	local sudo=()
	command -v shellcheck >/dev/null && return 0
	[ "$(id -u)" -eq 0 ] || sudo=(sudo -n)
	if command -v apt-get >/dev/null && "${sudo[@]}" true 2>/dev/null; then
		"${sudo[@]}" apt-get update -qq
		"${sudo[@]}" apt-get install -y -qq --no-install-recommends shellcheck
	fi
	command -v shellcheck >/dev/null && return 0
	say "shellcheck is not installed (https://www.shellcheck.net/)"
	return 77
}
