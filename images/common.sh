# shellcheck shell=bash
# What build and test share: how a file in languages/ is read. Sourced, not run.

images=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# The lines of one section: section LANGUAGE NAME
section() {
    awk -v wanted="[$2]" '
        /^\[(packages|recipe|setup|input|expected|example [^]]+)\]$/ { inside = ($0 == wanted); next }
        inside' "$images/languages/$1"
}

# The names of the example's files, the main file first.
example_files() {
    sed -n 's/^\[example \([^]]*\)\]$/\1/p' "$images/languages/$1"
}

# The languages to work on: the arguments, or all there are.
languages() {
    if [ $# -eq 0 ]; then
        ls "$images/languages"
        return
    fi
    for language in "$@"; do
        [ -f "$images/languages/$language" ] || fail "there is no file images/languages/$language"
        echo "$language"
    done
}

fail() {
    echo "${0##*/}: $*" >&2
    exit 1
}

milliseconds() {
    echo $(($(date +%s%N) / 1000000))
}
