#!/bin/sh
# Run every check: sh packaging/test.sh [quick] [argument of pytest]...
#
# "quick" leaves out the tests on real servers.  Everything runs on a display, a D-Bus and a home folder of its
# own, so that it never moves the pointer of the person at the screen nor reads their settings.
set -eu
cd "$(dirname "$0")/.."
. packaging/system.sh

started=$(date +%s)
failed=

# step NAME COMMAND...: run it, say how long it took, remember if it failed.
step() {
    name=$1
    shift
    before=$(date +%s)
    say "$name"
    "$@" || failed="$failed $name;"
    say "$name: $(($(date +%s) - before)) s"
}

chosen='real or not real'
if [ "${1-}" = quick ]; then
    chosen='not real'
    shift
fi

require "$rows_to_run" "$rows_for_a_display" "$rows_to_test"
make_venv test
export QBT_SERVERS="${QBT_SERVERS:-$HOME/.cache/qbt-servers}"
if [ "$chosen" != 'not real' ]; then
    step 'real servers' .venv/bin/python -m tests.real.fetch
    [ -z "$failed" ] || fail 'The real servers could not be had; "sh packaging/test.sh quick" runs the rest'
fi
ready=$(date +%s)
say "Set up in $((ready - started)) s"

work=$(mktemp -d)
window_manager_pid=
trap 'kill $window_manager_pid $display_pid 2>/dev/null || :; wait; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
mkdir -m 700 "$work/home" "$work/runtime"
start_display "$work"
export HOME="$work/home" XDG_RUNTIME_DIR="$work/runtime" LC_ALL=C.UTF-8 PYTHONUTF8=1
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME XDG_CURRENT_DESKTOP DESKTOP_SESSION \
    QT_QPA_PLATFORM QT_QPA_PLATFORMTHEME QT_STYLE_OVERRIDE QT_SCALE_FACTOR DBUS_SESSION_BUS_ADDRESS
openbox --sm-disable --startup "sh -c 'echo ready >$work/window-manager'" >"$work/openbox.log" 2>&1 &
window_manager_pid=$!
wait_for "$work/window-manager" "$window_manager_pid" openbox

step 'ruff format' .venv/bin/ruff format --check .
step 'ruff check' .venv/bin/ruff check .
step 'mypy' .venv/bin/mypy
step 'mypy on the tests' .venv/bin/mypy --allow-untyped-defs --allow-incomplete-defs --allow-untyped-calls \
    --allow-any-generics --no-warn-return-any --no-warn-unused-ignores tests
# shellcheck disable=SC2016  # expanded by the inner shell
step 'pytest' dbus-run-session -- sh -c '
    printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
    exec "$@"' session .venv/bin/python -m pytest -m "$chosen" "$@"

say "All checks in $(($(date +%s) - ready)) s, with set-up $(($(date +%s) - started)) s"
[ -z "$failed" ] || fail "Failed:$failed"
say 'All passed'
