#!/bin/sh
# Run every check: sh packaging/test.sh [quick|part|long] [argument of pytest]...
#
# "quick" leaves out the tests on real servers; "part" runs those that the arguments name, and no
# other check; "long" runs what the other ways leave out since it takes long (up to an hour), and prints all
# figures.  Everything runs on a display, a D-Bus and a home folder of its own, so that it never moves the
# pointer of the person at the screen nor reads their settings.
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

chosen='not hour'
only_tests=
long=
case "${1-}" in
    quick)
        chosen='not real and not hour'
        shift
        ;;
    part)
        chosen='real or not real'
        only_tests=yes
        shift
        ;;
    long)
        chosen='hour'
        long=yes
        shift
        ;;
esac

require "$rows_to_run" "$rows_for_a_display" "$rows_to_test"
make_venv test
export QBT_SERVERS="${QBT_SERVERS:-$HOME/.cache/qbt-servers}"
if [ "$chosen" != 'not real and not hour' ]; then
    step 'real servers' .venv/bin/python -m tests.real.fetch
    [ -z "$failed" ] || fail 'The real servers could not be had; "sh packaging/test.sh quick" runs the rest'
fi
ready=$(date +%s)
say "Set up in $((ready - started)) s"

work=$(mktemp -d)
trap 'wait; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
export LC_ALL=C.UTF-8 PYTHONUTF8=1
[ -n "$only_tests" ] || export QBT_ROWS="$work/results"
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME XDG_CURRENT_DESKTOP DESKTOP_SESSION \
    QT_QPA_PLATFORM QT_QPA_PLATFORMTHEME QT_STYLE_OVERRIDE QT_SCALE_FACTOR DBUS_SESSION_BUS_ADDRESS

# tests NAME MARKERS ARGUMENT...: run pytest on a display, a window manager, a D-Bus and a home folder of its own.
tests() (
    own="$work/$1"
    markers=$2
    shift 2
    mkdir -m 700 "$own" "$own/home" "$own/runtime"
    window_manager_pid=
    trap 'kill $window_manager_pid $display_pid 2>/dev/null || :; wait' EXIT
    trap 'exit 1' INT TERM HUP
    start_display "$own"
    export HOME="$own/home" XDG_RUNTIME_DIR="$own/runtime"
    openbox --sm-disable --startup "sh -c 'echo ready >$own/window-manager'" >"$own/openbox.log" 2>&1 &
    window_manager_pid=$!
    wait_for "$own/window-manager" "$window_manager_pid" openbox
    # shellcheck disable=SC2016  # expanded by the inner shell
    dbus-run-session -- sh -c '
        printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
        exec "$@"' session .venv/bin/python -m pytest -m "$markers" "$@"
)

# all_tests: four runs beside each other, since each of them waits most of the time.
# shellcheck disable=SC2086  # several words
all_tests() {
    contract_and_rows >"$work/contract.log" 2>&1 &
    contract_pid=$!
    tests real "real and $chosen" $no_rows --ignore=tests/contract >"$work/real.log" 2>&1 &
    real_pid=$!
    tests below "not real and $chosen" $no_rows --ignore=tests/ui >"$work/below.log" 2>&1 &
    below_pid=$!
    result=0
    tests ui "not real and $chosen" tests/ui || result=1
    wait "$below_pid" || result=1
    wait "$real_pid" || result=1
    wait "$contract_pid" || result=1
    cat "$work/below.log" "$work/real.log" "$work/contract.log"
    return $result
}

# contract_and_rows: every operation on the real servers, then every fault and abuse.
# shellcheck disable=SC2086  # several words
contract_and_rows() {
    result=0
    tests contract "real and $chosen" tests/contract || result=1
    tests rows "$chosen" $rows || result=1
    return $result
}

rows='tests/faults tests/abuse'
no_rows='--ignore=tests/faults --ignore=tests/abuse'

# figures: what is measured and not asserted.
figures() {
    for of in bench real click first_second spoken queued; do
        .venv/bin/python -m "tests.scale.$of" || return 1
    done
}

checks() {
    step 'ruff format' .venv/bin/ruff format --check .
    step 'ruff check' .venv/bin/ruff check .
    step 'mypy' .venv/bin/mypy
    step 'mypy on the tests' .venv/bin/mypy --allow-untyped-defs --allow-incomplete-defs --allow-untyped-calls \
        --allow-any-generics --no-warn-return-any --no-warn-unused-ignores tests
}

if [ -n "$long" ]; then
    step 'pytest' tests chosen "$chosen" "$@"
    export QBT_LONG=yes
    step 'faults and abuses' tests rows 'real or not real' tests/faults tests/abuse
    step 'figures' figures
elif [ "$#" != 0 ]; then
    step 'pytest' tests chosen "$chosen" "$@"
    [ -n "$only_tests" ] || checks
elif [ "$chosen" != 'not hour' ]; then
    checks
    step 'pytest' tests chosen "$chosen"
else
    checks
    step 'pytest' all_tests
fi

[ -n "$only_tests" ] || .venv/bin/python -m tests.faults.recorder "$work/results"
say "All checks in $(($(date +%s) - ready)) s, with set-up $(($(date +%s) - started)) s"
[ -z "$failed" ] || fail "Failed:$failed"
say 'All passed'
