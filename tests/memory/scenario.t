#!/bin/sh
# A whole scenario under valgrind: no bad access, no lost byte. Its child processes are not traced.
program=${PGREHEARSE_BUILD:-build}/scenarios/fresh.t
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo 1..2
valgrind --quiet --error-exitcode=99 --exit-on-first-error=no --leak-check=full \
    --errors-for-leak-kinds=definite,indirect --trace-children=no --child-silent-after-fork=yes \
    --log-file="$log" "$program" >/dev/null
status=$?
if [ "$status" = 0 ]; then echo "ok 1 - $program passes under valgrind"
else echo "not ok 1 - $program passes under valgrind"; echo "# exited with status $status"; fi
# What valgrind finds stands behind "==PID=="; behind "--PID--" it tells of itself, such as of a system
# call that it does not know yet. Its log is there even when it has nothing to say.
if [ "$status" != 127 ] && [ -e "$program" ] && [ -e "$log" ] && ! grep -q '^==' "$log"; then
    echo "ok 2 - valgrind finds no error"
else
    echo "not ok 2 - valgrind finds no error"
    sed 's/^/# /' "$log"
    exit 1
fi
[ "$status" = 0 ]
