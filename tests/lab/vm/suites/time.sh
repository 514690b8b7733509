#!/usr/bin/env bash
# 62 SYNC TIME with a real chrony: from days ahead, days behind, ninety seconds, and 1970. The right time is that of a
# time server which no step of the clock moves.
set -uo pipefail
. "$(dirname "$0")/../vm.sh"
must_run
worst=0
once() { # NAME COMMAND
    restore
    inside ". /usr/lib/lab/world.sh; $2"
    local began=$EPOCHREALTIME before after said
    before=$(inside '. /usr/lib/lab/world.sh; clock_off')
    said=$(as tech 'pos-console --lang en do sync-time --yes' </dev/null 2>&1)
    local rc=$?
    after=$(inside '. /usr/lib/lab/world.sh; clock_off')
    printf '       %-12s %16s s off before, %7s s after, %s s, exit %s\n' "$1" "$before" "$after" "$(since "$began")" $rc
    worst=$(awk -v a="$worst" -v b="$after" 'BEGIN {b = b < 0 ? -b : b; print (b > a ? b : a)}')
    right "from $1: right within a second" awk -v off="${after:-9}" -v rc=$rc 'BEGIN {exit !(off < 1 && off > -1 && rc == 0)}'
    ((rc == 0)) || sed 's/^/       | /' <<<"$said"
    right "the audit is whole" inside 'pos-console audit verify'
}
once '+3 days' 'clock 259200'
once '-3 days' 'clock -259200'
once '+90 s' 'clock 90'
once '1970' 'date -s @86400 >/dev/null'
echo "time: offset afterwards at most $worst s"
figures time
