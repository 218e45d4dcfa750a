#!/bin/bash
# Each fuzz target, from its corpus: the same inputs in every run, so that a commit passes or fails for its
# own reasons. PGREHEARSE_FUZZ_SECONDS=N looks for new inputs instead, N seconds a target. What that
# finds belongs into the corpus, as a file named after the mistake. As many at a time as there are cores.
# PGREHEARSE_FUZZ_TARGETS="NAME ..." leaves the other targets out.
set -u
here=$(dirname "$0")
built=${PGREHEARSE_FUZZ:-build-fuzz}/fuzz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work
sources=("$here"/fuzz_*.c)
if [ -n "${PGREHEARSE_FUZZ_TARGETS:-}" ]; then
    sources=()
    for target in $PGREHEARSE_FUZZ_TARGETS; do sources+=("$here/fuzz_$target.c"); done
fi
echo "1..${#sources[@]}"

fuzz() { # NUMBER SOURCE: writes its line of TAP, and why it failed, to $work/NUMBER
    local number=$1 source=$2 target runs=50000 own=$work/of-$1
    target=$(basename "$source" .c)
    mkdir -p "$own/new"
    case $(grep -c scratch_file.h "$source") in 0) ;; *) runs=2000 ;; esac # each input becomes a file
    local extent=(-seed=1 "-runs=$runs") words="$here/${target#fuzz_}.dict"
    [ -z "${PGREHEARSE_FUZZ_SECONDS:-}" ] || extent=("-max_total_time=$PGREHEARSE_FUZZ_SECONDS")
    [ ! -f "$words" ] || extent+=("-dict=$words")
    if "$built/$target" "${extent[@]}" -timeout=10 -rss_limit_mb=2048 -max_len=4096 \
        -close_fd_mask=1 -artifact_prefix="$own/" "$own/new" "$here/corpus/${target#fuzz_}" \
        >"$own/log" 2>&1; then
        echo "ok $number - $target ($(sed -n 's/^Done \([0-9]* runs\).*/\1/p' "$own/log"))" >"$work/$number"
        return
    fi
    {
        echo "not ok $number - $target"
        grep -v -E '^(#[0-9]+|INFO|\s+NEW)' "$own/log" | tail -40 | sed 's/^/# /'
        for input in "$own"/crash-* "$own"/leak-* "$own"/timeout-* "$own"/oom-*; do
            [ ! -f "$input" ] || { echo "# input in base64:"; base64 "$input" | sed 's/^/#   /'; }
        done
    } >"$work/$number"
}

for index in "${!sources[@]}"; do
    [ "$(jobs -rp | wc -l)" -lt "$(nproc)" ] || wait -n
    fuzz $((index + 1)) "${sources[index]}" &
done
wait
failed=0
for index in "${!sources[@]}"; do
    cat "$work/$((index + 1))" || echo "not ok $((index + 1)) - ${sources[index]} wrote nothing"
    ! grep -q '^not ok' "$work/$((index + 1))" 2>/dev/null || failed=1
done
exit $failed
