# shellcheck shell=bash
# The functions that the scripts in this folder share. The scripts source this file.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
log_folder=$repository/build/logs

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        command -v sudo >/dev/null || fail "this needs root or sudo: $*"
        sudo "$@"
    fi
}

# step TEXT COMMAND...: runs the command with its output in a log file. Shows the seconds and the last line
# while it runs, and the end of the log if it fails.
step() {
    local text=$1 log started=$SECONDS status=0 pid
    shift
    mkdir -p "$log_folder"
    log=$(mktemp "$log_folder/step-XXXXXX.log")
    "$@" >"$log" 2>&1 &
    pid=$!
    while [ -t 2 ] && kill -0 "$pid" 2>/dev/null; do
        printf '\r\033[K    %s: %d s  %s' "$text" $((SECONDS - started)) "$(tail -n1 "$log" | tr -dc '[:print:]' | cut -c1-60)" >&2
        sleep 0.2
    done
    [ ! -t 2 ] || printf '\r\033[K' >&2
    wait "$pid" || status=$?
    if [ "$status" -ne 0 ]; then
        tail -n 40 "$log" >&2
        fail "$text failed, see $log"
    fi
    rm -f "$log"
    say "$text ($((SECONDS - started)) s)"
}

# install_missing PACKAGE...: installs the packages that are missing.
install_missing() {
    local missing=() package
    for package in "$@"; do
        if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
            missing+=("$package")
        fi
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    say "Installing ${missing[*]}"
    step "Fetching the package lists" as_root apt-get -q update
    step "Installing ${#missing[@]} packages" as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q install -y --no-install-recommends "${missing[@]}"
}

install_build_tools() {
    install_missing g++ cmake ninja-build ccache libboost1.81-dev nlohmann-json3-dev libspdlog-dev libcli11-dev \
        prometheus-cpp-dev pkg-config libgtest-dev libgmock-dev
}

# An engine of another maker is as good as Debian's, and Debian's package would replace it. With crun a run costs
# less than with runc, which comes with the engine; not every distribution has it.
install_engine() {
    install_missing debootstrap python3 procps util-linux mount curl ca-certificates
    [ -n "$(PATH=$PATH:/usr/sbin command -v dockerd)" ] || install_missing docker.io
    [ -n "$(command -v crun)" ] || ! apt-cache show crun >/dev/null 2>&1 || install_missing crun
}

install_test_tools() {
    install_missing clang-19 libclang-rt-19-dev clang-tidy-19 clang-format-19 shellcheck python3-venv libc6-dev git \
        crun runsc podman busybox-static faketime haproxy nginx-light nftables openssl prometheus curl jq \
        erlang-base erlang-inets lua5.4 nodejs php-cli php-mbstring ruby \
        systemd-container debootstrap lintian dpkg-dev mandoc zsh fish fail2ban
    python_environment
}

# build PRESET [TARGET...]: configures and builds; everything if no target is named.
build() {
    local preset=$1 target options=() targets=()
    shift
    for target in "$@"; do
        targets+=(--target "$target")
    done
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_DEPEND=1 CCACHE_SLOPPINESS=pch_defines,time_macros
    [ "${CI:-}" != true ] || options+=(-DDOCKER_RUN_WERROR=ON)
    step "Configuring $preset" cmake -S "$repository" --preset "$preset" "${options[@]}"
    step "Building $preset" cmake --build "$repository/build/$preset" "${targets[@]}"
}

# The Python of the tests: a virtual environment with the pinned packages.
python_environment() {
    local environment=$repository/.venv requirements=$repository/tests/requirements.txt
    if ! cmp -s "$requirements" "$environment/installed.txt"; then
        step "Making the Python environment" /usr/bin/python3 -m venv --clear "$environment"
        step "Installing the Python packages" "$environment/bin/pip" install --disable-pip-version-check -r "$requirements"
        cp "$requirements" "$environment/installed.txt"
    fi
}
