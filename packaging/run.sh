#!/bin/sh
# Set everything up and start qbt-remote with its trial server: sh packaging/run.sh [argument of qbt-remote]...
#
# Installs what is missing (Debian 12, Debian 13, Ubuntu 24.04; as root or with sudo).  Without a display it
# takes a picture of the window on a virtual one instead, and says where it is.
set -eu
cd "$(dirname "$0")/.."
. packaging/system.sh

if [ -n "${DISPLAY-}${WAYLAND_DISPLAY-}" ]; then
    require "$rows_to_run"
    make_venv run
    say 'Starting qbt-remote with a trial server of its own'
    exec .venv/bin/python -I -m qbt_remote --try "$@"
fi

say 'No display here: qbt-remote will run on a virtual one and leave a picture'
require "$rows_to_run" "$rows_for_a_display"
make_venv run
work=$(mktemp -d)
trap 'kill "$display_pid" 2>/dev/null || :; wait; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
start_display "$work"
picture=$PWD/.pictures/first-light.png
mkdir -p .pictures
rm -f "$picture"
say "Starting qbt-remote on display $DISPLAY"
.venv/bin/python -I -m qbt_remote --try --screenshot "$picture" "$@"
[ -s "$picture" ] || fail "qbt-remote ended without leaving a picture in $picture"
# in a home of its own: it makes folders even when it is only asked for its version
server=$(cd "$work" && env -i PATH="$PATH" HOME="$work" TMPDIR="$work" LC_ALL=C.UTF-8 qbittorrent-nox --version)
cat <<END

$(.venv/bin/python -I -m qbt_remote --version) started a private $server of its own, filled it, connected to it
and saw a torrent download.

    Picture of the window:  $picture
    On a desktop:           sh packaging/run.sh
    With your own server:   .venv/bin/qbt-remote --server http://HOST:8080 --user NAME
    All that it can do:     .venv/bin/qbt-remote --help
    Tests:                  sh packaging/test.sh
END
