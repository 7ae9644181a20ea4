#!/bin/sh
# Installs what Lanscout needs from the operating system, or says which one command would.
#
#   packaging/system-packages.sh run     what the window needs
#   packaging/system-packages.sh test    that, and the programs the tests use as peers
#
# As root on Debian or Ubuntu it installs; elsewhere it prints the command and goes on. It never starts a service.
set -eu

WINDOW="libegl1 libgl1 libglib2.0-0 libdbus-1-3 libfontconfig1 fonts-dejavu-core
    libx11-6 libx11-xcb1 libxkbcommon0 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1
    libxcb-randr0 libxcb-render0 libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-util1
    libxcb-xfixes0 libxcb-xinerama0 libxcb-xkb1 libwayland-client0 libwayland-cursor0 libwayland-egl1"
TERMINAL="iproute2 procps lsof"
PEERS="avahi-daemon avahi-utils dbus-daemon dnsmasq-base iperf mdnsd nftables socat ssmping tshark xauth xvfb"
FEDORA="mesa-libEGL mesa-libGL libxkbcommon-x11 xcb-util-cursor xcb-util-keysyms xcb-util-wm xcb-util-image
    dejavu-sans-fonts iproute lsof"

wanted="$WINDOW $TERMINAL"
[ "${1:-run}" = test ] && wanted="$wanted $PEERS"

if ! command -v apt-get >/dev/null 2>&1; then
    if command -v dnf >/dev/null 2>&1; then
        echo "If the window does not open: sudo dnf install" $FEDORA
    fi
    exit 0
fi

# A package that a newer release renamed (libglib2.0-0t64) still provides the old name.
present=$(dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' 2>/dev/null |
    sed -n 's/^installed //p' | tr -d ',' | tr ' ' '\n' | sort -u)
missing=""
for package in $wanted; do
    echo "$present" | grep -qx "$package" || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

if [ "$(id -u)" != 0 ]; then
    echo "Missing from the system; to install: sudo apt-get install --no-install-recommends$missing"
    exit 0
fi

# Debian starts a service when its package is installed, unless this file forbids it; avahi-daemon is wanted as a
# program only. An existing file is the administrator's and stays.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 1' INT TERM
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
install() {
    apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null
}
echo "Installing from the system's packages:$missing"
apt-get update -qq || echo "apt-get update failed; trying with the package lists that are here" >&2
if ! install $missing; then
    echo "Not all at once; trying one by one" >&2
    for package in $missing; do
        install "$package" || echo "Could not install $package" >&2
    done
fi
