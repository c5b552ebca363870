#!/usr/bin/env bash
# Lets libFuzzer look for inputs that break a property: each target for a few seconds, from its corpus on.
# usage: tests/fuzz/run.sh [SECONDS [TARGET...]]     an input that breaks one is kept in target/fuzz/
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2

seconds=${1:-6}
shift || true
targets=("$@")
[ $# -gt 0 ] || targets=(codec lines find dataset query frame)
target=${CARGO_TARGET_DIR:-$PWD/target}
kept="$target/fuzz"
mkdir -p "$kept"

RUSTC_WORKSPACE_WRAPPER="$PWD/tests/fuzz/instrument.sh" \
    cargo build --quiet --locked -p ulid-fuzz --features libfuzzer --bin fuzz || exit 1

fuzz() { # NAME CORPUS OPTION...: what is new goes into a folder of its own
    local name=$1 corpus=$2 new
    shift 2
    new=$(mktemp -d) || return 1
    ULID_FUZZ_TARGET=$name "$target/debug/fuzz" -artifact_prefix="$kept/$name-" -timeout=20 -max_len=2048 "$@" \
        "$new" "tests/fuzz/corpus/$corpus" >"$kept/$name.log" 2>&1
    local result=$?
    rm -rf "$new"
    return "$result"
}

failed=0
# What finds no fault that was put there finds no other either.
if fuzz planted codec -max_total_time=20; then
    echo "the planted fault was not found" && failed=1
fi
rm -f "$kept"/planted-*
for name in "${targets[@]}"; do
    if fuzz "$name" "$name" -max_total_time="$seconds"; then
        echo "$name: $(grep -o 'Done [0-9]* runs in [0-9]* second' "$kept/$name.log")(s)"
    else
        tail -n 40 "$kept/$name.log" && failed=1
    fi
done
exit "$failed"
