#!/bin/sh
# Makes .venv with Lanscout installed from this checkout ("editable") and the tools that check it.
#
# PYTHON chooses the interpreter; without it the first of python3, python3.14 ... python3.11 that is new enough.
set -eu
cd "$(dirname "$0")/.."

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

as_root_on_debian() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1
}

install_debian() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null 2>&1 && return
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null
}

find_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if new_enough "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
}

python=$(find_python)
if [ -z "$python" ] && as_root_on_debian; then
    install_debian python3 python3-venv
    python=$(find_python)
fi
if [ -z "$python" ]; then
    echo "Lanscout needs Python 3.11 or newer (python.org, brew install python, dnf install python3)." >&2
    exit 3
fi

# Debian keeps ensurepip in a package of its own.
if [ ! -x .venv/bin/pip ]; then
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        if ! as_root_on_debian; then
            echo "Python's venv is missing; to install: sudo apt-get install python3-venv" >&2
            exit 3
        fi
        install_debian python3-venv
    fi
    echo "Making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
fi

export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
echo "Installing Lanscout and its tools into .venv"
.venv/bin/pip install --quiet --editable '.[dev]'
touch .venv/.lanscout-installed
