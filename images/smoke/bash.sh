#!/bin/bash
set -euo pipefail

processes() {
    local sum caught=no
    sum=$(for number in 1 2 3; do echo "$number" & done | sort | paste -sd+ | { read -r line; echo $((line)); })
    [ "$sum" = 6 ]
    coproc cat
    echo hello >&"${COPROC[1]}"
    read -r line <&"${COPROC[0]}"
    [ "$line" = hello ]
    (exit 7) & local status=0
    wait $! || status=$?
    [ "$status" = 7 ]
    timeout 0.05 sleep 5 || [ $? = 124 ]
    trap 'caught=yes' USR1
    kill -USR1 $$
    [ "$caught" = yes ]
    nice -n 1 true
}

sockets() {
    # Nobody listens there: the refusal is that of the network, not of the system call.
    local message
    message=$( (: < /dev/tcp/127.0.0.1/9) 2>&1 || true)
    [[ $message == *"Connection refused"* ]]
}

clocks() {
    local before=$EPOCHREALTIME
    sleep 0.01
    [ "$before" != "$EPOCHREALTIME" ]
    [ "$(date -u -d @0 +%Y)" = 1970 ]
    printf '%(%Y)T' -1 > year
    [ "$(cat year)" -gt 2020 ]
}

files() {
    local folder
    folder=$(mktemp -d)
    printf 'b\na\n' > "$folder/ümlaut"
    ln -s ümlaut "$folder/link"
    mv "$folder/ümlaut" "$folder/other" && mv "$folder/link" "$folder/ümlaut"
    [ "$(sort "$folder/other" | head -n 1)" = a ]
    mkfifo "$folder/pipe"
    echo through > "$folder/pipe" &
    [ "$(cat "$folder/pipe")" = through ]
    tar -C "$folder" -cf archive.tar other
    tar -tf archive.tar > /dev/null
    chmod 600 "$folder/other"
    [ "$(stat -c %a "$folder/other")" = 600 ]
    flock archive.tar true
    df . > /dev/null
    dd if=/dev/zero of=zeros bs=1k count=64 status=none
    rm -r "$folder"
}

environment() {
    export NAME=value
    [ "$(sh -c 'printf %s "$NAME"')" = value ]
    [ "$HOME" = "$PWD" ]
    [ "$(nproc)" -ge 1 ]
    uname -a > /dev/null
}

numbers() {
    [ $((2 ** 62)) = 4611686018427387904 ]
    [ "$RANDOM$RANDOM$RANDOM" != "$RANDOM$RANDOM$RANDOM" ]
    [ "$(head -c 8 /dev/urandom | wc -c)" = 8 ]
    [ "$(printf x | sha256sum | cut -c 1-6)" = 2d7116 ]
}

user() {
    [ "$(whoami)" = "$(id -un)" ]
    [ "$(id -gn)" != "" ]
    [ "$(eval echo "~$(whoami)")" = "$HOME" ]
}

text() {
    local word=straße
    [ ${#word} = 6 ]
    [ "${word^^}" != "$word" ]
}

for area in processes sockets clocks files environment numbers user text; do
    "$area"
    echo "$area ok"
done
echo 'done'
