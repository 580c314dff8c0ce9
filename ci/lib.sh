# shellcheck shell=bash
# What the scripts in ci/ share. Source it from the repository's root.

export PATH="$PWD/.tools/bin:$PATH"

say() { printf '%s\n' "$*" >&2; }

# The compilers that everything here needs.
need_compilers() {
	if ! command -v cargo >/dev/null; then
		say "cargo is missing: install Rust 1.95 or newer, see https://rustup.rs"
		return 1
	fi
	if ! command -v cc >/dev/null; then
		say "a C compiler (cc) is missing: on Debian and Ubuntu 'apt install gcc'," \
			"on macOS 'xcode-select --install'"
		return 1
	fi
}

# install_tool NAME VERSION MINUTES: a cargo tool, pinned, into .tools/; at
# once when it is there. MINUTES is what it took on two cores.
install_tool() {
	local name=$1 version=$2 minutes=$3 log=.tools/log/install-$1.log
	if [ -f ".tools/installed/$name-$version" ]; then
		return 0
	fi
	need_compilers || return 1
	say "installing $name $version into .tools/ (about $minutes minutes on two cores)"
	mkdir -p .tools/log .tools/installed
	if ! CARGO_TARGET_DIR=.tools/target cargo install --quiet --locked --force \
		--root .tools "$name@$version" >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		say "could not install $name $version; the whole log is in $log"
		return 1
	fi
	touch ".tools/installed/$name-$version"
}

# The versions of mdBook and of what draws the boxes.
install_book_tools() {
	install_tool mdbook 0.5.4 2 &&
		install_tool mdbook-admonish 1.20.0 2
}

# The linter of shell scripts is not a cargo tool: Debian's packages have it.
# Exit code 77 means "skipped", and the last line says why.
install_shellcheck() {
	command -v shellcheck >/dev/null && return 0
	if command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
		apt-get update -qq && apt-get install -y -qq --no-install-recommends shellcheck
	elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then
		sudo apt-get update -qq && sudo apt-get install -y -qq --no-install-recommends shellcheck
	fi
	command -v shellcheck >/dev/null && return 0
	echo "shellcheck is not installed, and only root on Debian or Ubuntu can be served here"
	return 77
}
