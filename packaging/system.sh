# shellcheck shell=sh disable=SC2034  # the variables are for the scripts that read this one
# What run.sh and test.sh share: which packages a system must have, how they are installed, the .venv, a
# display of our own.  Read with "." from the root of the project.

say() { printf '%s\n' "==> $*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# The release, as "debian 12"; what is tried: see README.md.
# shellcheck source=/dev/null
release=$(. /etc/os-release 2>/dev/null && printf '%s %s' "${ID-}" "${VERSION_ID-}")
case "$release" in
    'debian 12' | 'debian 13' | 'ubuntu 24.04') supported=yes ;;
    *) supported= ;;
esac
case "$release" in
    'debian 12') glib=libglib2.0-0 ;;
    *) glib=libglib2.0-0t64 ;;
esac

# One row per package: its name, and how to see that it is there.  A command counts wherever it is in PATH.
# Elsewhere than on a supported system the same rows are looked up in the system itself.
rows_to_run="\
python3-venv            python:3.11-3.13-with-venv
ca-certificates         path:/etc/ssl/certs
fonts-dejavu-core       path:/usr/share/fonts
qbittorrent-nox         command:qbittorrent-nox
libegl1                 library:libEGL.so.1
libgl1                  library:libGL.so.1
libfontconfig1          library:libfontconfig.so.1
libdbus-1-3             library:libdbus-1.so.3
$glib                   library:libglib-2.0.so.0
libgssapi-krb5-2        library:libgssapi_krb5.so.2
libxkbcommon-x11-0      library:libxkbcommon-x11.so.0
libxcb-cursor0          library:libxcb-cursor.so.0
libxcb-icccm4           library:libxcb-icccm.so.4
libxcb-keysyms1         library:libxcb-keysyms.so.1
libxcb-shape0           library:libxcb-shape.so.0"

rows_for_a_display="\
xvfb                    command:Xvfb"

rows_to_test="\
xdotool                 command:xdotool
openbox                 command:openbox
dbus-daemon             command:dbus-run-session
gnome-keyring           command:gnome-keyring-daemon
at-spi2-core            path:/usr/libexec/at-spi-bus-launcher
apt                     command:apt-get
dpkg                    command:dpkg-deb
debian-archive-keyring  path:/usr/share/keyrings/debian-archive-keyring.gpg"

# usable PYTHON: a version that qbt-remote runs on, which can make a .venv.
usable() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null
}

# Print the Python to use: QBT_PYTHON, else the system's own, else any in PATH.
find_python() {
    if [ -n "${QBT_PYTHON-}" ]; then
        usable "$QBT_PYTHON" && printf '%s' "$QBT_PYTHON"
        return
    fi
    for candidate in /usr/bin/python3 python3.13 python3.12 python3.11 python3; do
        if usable "$candidate"; then
            printf '%s' "$candidate"
            return 0
        fi
    done
    return 1
}

# present PACKAGE KIND:WHAT
present() {
    case "$2" in
        python:*) find_python >/dev/null ;;
        command:*) command -v "${2#*:}" >/dev/null 2>&1 ;;
        *)
            if [ -n "$supported" ]; then
                [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
            elif [ "${2%%:*}" = library ]; then
                PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep -q "^[[:space:]]*${2#*:} "
            else
                [ -e "${2#*:}" ]
            fi
            ;;
    esac
}

# require ROWS...: install what is missing, or say exactly what it is and end, having installed nothing.
require() {
    missing=
    listing=
    while read -r package probe; do
        [ -n "$package" ] || continue
        present "$package" "$probe" && continue
        missing="$missing $package"
        listing="$listing    $package ($probe)
"
    done <<END
$(printf '%s\n' "$@")
END
    [ -n "$missing" ] || return 0
    if [ -z "$supported" ]; then
        fail "qbt-remote sets itself up on Debian 12, Debian 13 and Ubuntu 24.04; this is ${release:-unknown}.
Missing here, by Debian's package names:
${listing}Nothing was installed."
    fi
    install="apt-get install --no-install-recommends$missing"
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1; then
        as_root=sudo
    else
        fail "Missing packages, and neither root nor sudo to install them:$missing
Nothing was installed. As root:  $install"
    fi
    say "Installing with apt:$missing"
    apt_log=$(mktemp)
    # shellcheck disable=SC2086  # package names are words
    if $as_root apt-get -q update >"$apt_log" 2>&1 &&
        $as_root apt-get -q -s install --no-install-recommends $missing >>"$apt_log" 2>&1 &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 \
            install --no-install-recommends $missing >>"$apt_log" 2>&1; then
        rm -f "$apt_log"
    else
        tail -n 20 "$apt_log" >&2
        fail "apt could not install these packages; the whole account is in $apt_log"
    fi
}

# make_venv run|test: a .venv with the project in it, made anew when Python or pyproject.toml changed.
make_venv() {
    python=$(find_python) || fail "QBT_PYTHON=${QBT_PYTHON-}: not a Python 3.11 to 3.13 with venv"
    interpreter=$("$python" -c 'import sys; print(sys.version, sys.base_prefix)')" $PWD"
    stamp=$(printf '%s' "$interpreter" | cat - pyproject.toml | sha256sum)
    if [ "$(cat .venv/interpreter 2>/dev/null)" != "$interpreter" ]; then
        say "Making .venv with $("$python" --version)"
        rm -rf .venv
        "$python" -m venv .venv
        printf '%s\n' "$interpreter" >.venv/interpreter
    fi
    case "$(cat .venv/stamp 2>/dev/null)" in
        "$stamp test" | "$stamp $1") return 0 ;;
    esac
    say "Installing the project and what it needs into .venv"
    rm -f .venv/stamp
    target=.
    [ "$1" = run ] || target=".[$1]"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable "$target"
    printf '%s\n' "$stamp $1" >.venv/stamp
}

# wait_for FILE PID WHAT: until the file has something in it, 20 s at most.
wait_for() {
    tries=200
    until [ -s "$1" ]; do
        tries=$((tries - 1))
        if [ "$tries" = 0 ] || ! kill -0 "$2" 2>/dev/null; then
            fail "$3 did not start"
        fi
        sleep 0.1
    done
}

display_pid=

# start_display FOLDER: a virtual display on a free number; sets DISPLAY and display_pid.
start_display() {
    Xvfb -displayfd 5 -screen 0 1280x800x24 -nolisten tcp -noreset 5>"$1/display" >"$1/xvfb.log" 2>&1 &
    display_pid=$!
    wait_for "$1/display" "$display_pid" Xvfb
    DISPLAY=:$(cat "$1/display")
    export DISPLAY
    unset WAYLAND_DISPLAY
}
