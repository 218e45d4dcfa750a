#!/bin/bash
# Each fuzz target, from its corpus: the same inputs in every run, so that a commit passes or fails for its
# own reasons. PGREHEARSE_FUZZ_SECONDS=N looks for new inputs instead, N seconds a target. What that
# finds belongs into the corpus, as a file named after the mistake.
set -u
here=$(dirname "$0")
built=${PGREHEARSE_FUZZ:-build-fuzz}/fuzz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work
sources=("$here"/fuzz_*.c)
echo "1..${#sources[@]}"
point=0 failed=0
for source in "${sources[@]}"; do
    point=$((point + 1))
    target=$(basename "$source" .c)
    mkdir -p "$work/$target"
    runs=100000 # of those that write each input into a file, fewer
    case $(grep -c scratch_file.h "$source") in 0) ;; *) runs=2000 ;; esac
    extent=(-seed=1 "-runs=$runs")
    [ -z "${PGREHEARSE_FUZZ_SECONDS:-}" ] || extent=("-max_total_time=$PGREHEARSE_FUZZ_SECONDS")
    if "$built/$target" "${extent[@]}" -timeout=10 -rss_limit_mb=2048 -max_len=4096 \
        -close_fd_mask=1 -artifact_prefix="$work/" "$work/$target" "$here/corpus/${target#fuzz_}" \
        >"$work/log" 2>&1; then
        echo "ok $point - $target ($(sed -n 's/^Done \([0-9]* runs\).*/\1/p' "$work/log"))"
    else
        failed=1
        echo "not ok $point - $target"
        grep -v -E '^(#[0-9]+|INFO|\s+NEW)' "$work/log" | tail -40 | sed 's/^/# /'
        for input in "$work"/crash-* "$work"/leak-* "$work"/timeout-* "$work"/oom-*; do
            [ ! -f "$input" ] || { echo "# input in base64:"; base64 "$input" | sed 's/^/#   /'; }
        done
    fi
done
exit $failed
