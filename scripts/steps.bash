# Sourced by the scripts beside it: goes to the checkout's root and prints each step with how long it took.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    bold=$'\e[1m' faint=$'\e[2m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
else
    bold='' faint='' green='' red='' plain=''
fi

say() { printf '%s\n' "$@"; }
heading() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
fail() { printf '%s%s: %s%s\n' "$red" "$(basename "$0")" "$*" "$plain" >&2; exit 1; }

# now: seconds since the machine started, with hundredths, by a clock that nobody sets.
now() { local uptime; read -r uptime _ </proc/uptime; printf '%s' "$uptime"; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { s = b - a; if (s < 10) printf "%.1f s", s; else printf "%d s", s + 0.5 }'; }

# step TITLE COMMAND…: runs the command quietly; where it fails, shows what it printed and ends the script.
step() {
    local title=$1 begin status=0 output
    shift
    begin=$(now)
    output=$(mktemp)
    [ -n "$bold" ] && printf '%s  … %s%s' "$faint" "$title" "$plain"
    "$@" >"$output" 2>&1 || status=$?
    [ -n "$bold" ] && printf '\r\e[K'
    if [ "$status" -eq 0 ]; then
        say "${green}  ✓${plain} $title ${faint}($(since "$begin"))${plain}"
    else
        say "${red}  ✗${plain} $title ${faint}($(since "$begin"), status $status)${plain}"
        sed 's/^/    /' "$output"
    fi
    rm -f "$output"
    return "$status"
}

# Several packages share one build folder here, so no build may go by the plan that another package left in it: that would
# build the other package, and say that all is done.

# build TITLE ARGUMENTS…: swift build, its progress shown on a terminal, else its errors and warnings only.
build() {
    local title=$1 begin
    shift
    say "${faint}  … $title${plain}"
    if [ -z "$bold" ]; then step "$title" compile "$@"; return; fi
    begin=$(now)
    swift build --disable-build-manifest-caching "$@" || fail "$title: see above"
    say "${green}  ✓${plain} $title ${faint}($(since "$begin"))${plain}"
}

# compile ARGUMENTS…: swift build; where it fails, each error once, with what follows it.
compile() {
    local log status=0
    log=$(mktemp)
    swift build --disable-build-manifest-caching "$@" >"$log" 2>&1 || status=$?
    if [ "$status" -ne 0 ]; then
        grep -E -A4 '(error|warning):' "$log" | awk '!seen[$0]++' | head -n 200 || true
        tail -n 20 "$log"
    fi
    rm -f "$log"
    return "$status"
}
