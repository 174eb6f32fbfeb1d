#!/bin/sh
# How long a whole run of `kms-cost` takes, beside a program that does nothing.
#
#   tests/benches/startup.sh [RUNS]
#
# Times `kms-cost estimate examples/disk-encryption.toml` and an empty Rust program that is built
# here by the same release profile, from the start of the process to its end. Once linked
# dynamically, as `cargo build --release` does, and once statically, as the README's static release
# build does. The figure that matters is the ratio; 1.3 is the aim and 1.5 the limit.
#
# Uses hyperfine where it is installed (`apt-get install hyperfine`): RUNS runs of each program
# (500), without a shell between, their mean, spread and range, and the ratio. Without hyperfine, RUNS runs of
# each are timed as one loop of the shell, in turns of a tenth, and the sums are printed.
#
# Builds go to `target/`, or to CARGO_TARGET_DIR. Nothing is written elsewhere but to a folder that is
# removed at the end. A machine that does other work at the time shows in a wide range.
set -eu

runs=${1:-500}
static='-C target-feature=+crt-static -C relocation-model=static'
triple=x86_64-unknown-linux-gnu
root=$(cd "$(dirname "$0")/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

# the empty program, by our own [profile.release]
mkdir -p "$folder/empty/src"
{
    printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2024"\n\n'
    sed -n '/^\[profile\.release\]/,/^$/p' "$root/Cargo.toml"
} >"$folder/empty/Cargo.toml"
echo 'fn main() {}' >"$folder/empty/src/main.rs"

build() {
    cargo build --quiet --release --locked --manifest-path "$root/Cargo.toml" --target-dir "$target" "$@"
    (cd "$folder/empty" && cargo build --quiet --release --target-dir "$folder/target" "$@")
}

# One round: both programs so many times.
repeat() {
    left=$1
    shift
    while [ "$left" -gt 0 ]; do
        "$@" >/dev/null
        left=$((left - 1))
    done
}

nanoseconds() {
    date +%s%N
}

compare() {
    ours=$1
    empty=$2
    scenario=$root/examples/disk-encryption.toml
    if command -v hyperfine >/dev/null; then
        hyperfine -N --style basic --warmup 50 --runs "$runs" \
            --command-name empty "$empty" \
            --command-name kms-cost "$ours estimate $scenario" 2>/dev/null
        return
    fi
    turn=0
    sum_empty=0
    sum_ours=0
    while [ "$turn" -lt 10 ]; do
        start=$(nanoseconds)
        repeat $((runs / 10)) "$empty"
        middle=$(nanoseconds)
        repeat $((runs / 10)) "$ours" estimate "$scenario"
        end=$(nanoseconds)
        sum_empty=$((sum_empty + middle - start))
        sum_ours=$((sum_ours + end - middle))
        turn=$((turn + 1))
    done
    # the ratio includes what it takes the shell to start either
    awk -v empty="$sum_empty" -v ours="$sum_ours" -v runs="$((runs / 10 * 10))" 'BEGIN {
        printf "empty    %.3f ms\nkms-cost %.3f ms\nratio    %.2f\n",
            empty / runs / 1e6, ours / runs / 1e6, ours / empty }'
}

echo "== linked dynamically"
build
compare "$target/release/kms-cost" "$folder/target/release/empty"
echo "== linked statically"
RUSTFLAGS=$static build --target "$triple"
compare "$target/$triple/release/kms-cost" "$folder/target/$triple/release/empty"
