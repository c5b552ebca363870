#!/usr/bin/env bash
# rustc for the crates that are fuzzed: counts which code an input reaches, and checks arithmetic. A wrapper, so that
# what they depend on is not compiled again.
case " $* " in
*' --crate-name ulid_engine '* | *' --crate-name ulid_dap '* | *' --crate-name ulid_fuzz '* | *' --crate-name fuzz '*)
    exec "$@" -Copt-level=2 -Cdebug-assertions=on -Coverflow-checks=on \
        -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
        -Cllvm-args=-sanitizer-coverage-trace-compares
    ;;
*) exec "$@" ;;
esac
