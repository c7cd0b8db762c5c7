#!/bin/sh
# run.sh REQUEST.json: sends the request, prints the answer. Exit status 1: an error, whose message is printed too.
set -eu

answer=$(mktemp)
head=$(mktemp)
trap 'rm -f "$answer" "$head"' EXIT

for _ in 1 2 3 4 5; do
    # The token comes by stdin: arguments are seen by everybody on the machine. curl's own --retry would also
    # send a request again after a 500, when the program may have run.
    status=$(printf 'X-Access-Token: %s\n' "$DOCKER_RUN_TOKEN" |
        curl --silent --show-error --max-time 60 --header @- --header 'Content-Type: application/json' \
            --data-binary "@$1" --dump-header "$head" --output "$answer" --write-out '%{http_code}' \
            "$DOCKER_RUN_URL/run")
    [ "$status" = 503 ] || break
    sleep "$(sed -n 's/^[Rr]etry-[Aa]fter: \([0-9]*\).*/\1/p' "$head")"
done

cat "$answer"
[ "$status" = 200 ]
