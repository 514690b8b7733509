#!/usr/bin/env bash
# 61 NET RESTART under the guard, on the interface that carries the operator's own SSH: restarts with something going
# wrong in the middle, two of them a power cut. Afterwards the operator must come in again at the same address, the audit
# must be whole, and nothing may have been done twice.        usage: guard.sh [RUN ...]
#
# The deadline of 15 s is for real time; a machine under TCG is several times slower, so it is taken SCALE times. The
# operator must be in again 30 s behind it, 20 s more for an attempt begun in the dark, and a start of the machine later
# where the power was cut; the decision, which asks the whole network anew, may take 30 s SCALE times.
set -uo pipefail
. "$(dirname "$0")/../vm.sh"
must_run
scale=${POS_LAB_SCALE:-3}
deadline=$((15 * scale)) boot=${POS_LAB_BOOT:-150}
runs=("${@:-none}")
(($#)) || runs=(none wrong-address manager-killed agent-killed power-cut console-killed ssh-cut none power-cut wrong-address)

count() { # PHASE
    grep -c "\"phase\": \"$1\"" <<<"$rows"
}
rows() { rows=$(inside 'pos-console audit --json'); }

once() { # NUMBER FAULT
    local n=$1 fault=$2 why='' rc=0 job began took reached='' still more=0 intents ends
    rows
    intents=$(count intent) ends=$(($(count done) + $(count failed) + $(count undone)))
    [[ $fault != wrong-address ]] || inside 'nmcli connection modify service ipv4.addresses 203.0.113.5/24'
    # A machine this slow may not see its own interfaces in time: then nothing was begun, and it is asked again (69). What
    # was begun is not, whoever is gone meanwhile.
    alone tech 'for i in 1 2 3; do
            { pos-console --lang en do 61 --yes; echo $? >/tmp/61.rc; } | tee /tmp/61.said; rc=$(cat /tmp/61.rc)
            [ "$rc" = 69 ] && ! grep -q running /tmp/61.said || exit "$rc"; sleep 3
        done' \
        >"$vm/do.$n" 2>&1 </dev/null &
    job=$!
    # The deadline runs from here; looking at the machine and writing the plan came before.
    until grep -q running "$vm/do.$n" || ! kill -0 $job 2>/dev/null; do sleep .1; done
    began=$EPOCHREALTIME
    case $fault in
    *-killed | *-cut)
        inside 'for i in $(seq 300); do [ -e /var/lib/pos-console/guard.json ] && exit; sleep .1; done; exit 1' ||
            { rc=1; why+=' never armed'; } ;;
    esac
    case $fault in
    manager-killed) inside 'kill -9 $(systemctl show -P MainPID NetworkManager)' ;;
    agent-killed) inside 'kill -9 $(systemctl show -P MainPID pos-console-agent)' ;;
    console-killed) inside 'kill -9 $(pgrep -f "pos-console --lang en do 6[1]" | head -n 1)' ;;
    ssh-cut) kill -9 $job ;;
    power-cut) cut_power; kill $job 2>/dev/null; start; more=$boot ;;
    esac 2>/dev/null
    # Until somebody comes in and nothing waits any more.
    while :; do
        if still=$(alone root 'test ! -e /var/lib/pos-console/guard.json -a -S /run/pos-console/agent.sock; echo $?' </dev/null 2>/dev/null); then
            : "${reached:=$(since "$began")}"
        else
            reached=''
        fi
        took=$(since "$began")
        if [[ $still == 0 ]] && ! kill -0 $job 2>/dev/null; then break; fi
        if ((${took%.*} > deadline + 30 * scale + more)); then rc=1; why+=' never decided'; break; fi
        sleep 1
    done
    wait $job 2>/dev/null
    [[ -n $reached ]] && ((${reached%.*} <= deadline + 30 + 20 + more)) || { rc=1; why+=' reachable too late'; }
    hang_up
    answers 60 || { rc=1; why+=' no answer'; }
    inside 'for i in $(seq 100); do pos-console guard >/dev/null && exit; sleep .2; done; exit 1' || { rc=1; why+=' a guard waits'; }
    inside 'pos-console audit verify' >/dev/null || { rc=1; why+=' audit broken'; }
    rows
    local begun=$(($(count intent) - intents)) ended=$(($(count done) + $(count failed) + $(count undone) - ends))
    ((begun == 1)) || { rc=1; why+=" begun $begun times"; }
    ((ended == begun)) || { rc=1; why+=" $begun begun, $ended ended"; }
    inside 'ip -4 -br addr show eth0 | grep -q 10.0.2.15' || { rc=1; why+=' another address'; }
    printf '%4d  %-15s in again %6s s, decided %6s s  %-8s%s\n' "$n" "$fault" "${reached:-never}" "$took" \
        "$(grep -oE '"phase": "(done|failed|undone)"' <<<"$rows" | tail -n 1 | cut -d'"' -f4)" "${why:+ WRONG:$why}"
    ((rc == 0)) || { tail -n 12 "$vm/do.$n"; tail -n 40 <<<"$rows"; } | sed 's/^/      | /'
    [[ $fault != wrong-address ]] ||
        inside 'nmcli connection modify service ipv4.addresses 10.0.2.15/24 && nmcli -w 30 connection up service' >/dev/null
    tried=$((tried + 1)) wrong=$((wrong + rc))
}

restore
# The interface of the operator, and the short deadline.
inside "mkdir -p /etc/pos-console/conf.d && printf '[network]\ninterfaces = [\"eth0\"]\n[actions]\nguard_remote_s = $deadline\nguard_local_s = $deadline\n' >/etc/pos-console/conf.d/lab.toml &&
    systemctl restart pos-console-agent && . /usr/lib/lab/world.sh && wait_for 60 agent test -S /run/pos-console/agent.sock"
echo "lab: ${#runs[@]} runs at a deadline of $deadline s (15 s, $scale times)"
n=0
for fault in "${runs[@]}"; do once $((++n)) "$fault"; done
pc audit verify
figures guard
