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
# valgrind is silent when it has nothing to say, so an empty log that exists is a clean run
if [ "$status" != 127 ] && [ -e "$program" ] && [ ! -s "$log" ]; then echo "ok 2 - valgrind finds no error"
else echo "not ok 2 - valgrind finds no error"; sed 's/^/# /' "$log"; fi
[ "$status" = 0 ] && [ ! -s "$log" ]
