#!/usr/bin/env bash
# The guard on a real network manager and a real sshd, in network namespaces: a terminal, and an operator who comes in
# over SSH. Each run restarts the network with a fault chosen at random; afterwards the operator must come in again at
# the same address, the audit must be whole, and nothing may have been done twice.
#
#   tests/lab/guard.sh RUNS [SEED] [FAULT]
#
# Needs root (namespaces), NetworkManager, sshd, dnsmasq, dbus-daemon, ip. Touches nothing outside its namespaces.
set -uo pipefail
runs=${1:-100} seed=${2:-$RANDOM} only=${3:-}
here=$(cd "$(dirname "$0")/../.." && pwd)
bin=${POS_CONSOLE:-$here/target/debug/pos-console}
deadline=15

for tool in NetworkManager nmcli sshd dnsmasq dbus-daemon ip unshare ssh ssh-keygen; do
    PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null || { echo "lab: $tool is missing"; exit 69; }
done
[[ $EUID == 0 ]] || { echo "lab: namespaces with a network manager need root"; exit 77; }
[[ -x $bin ]] || { echo "lab: $bin is missing: cargo build"; exit 69; }

if [[ ${POS_LAB_INSIDE:-} != 1 ]]; then
    export POS_LAB_INSIDE=1
    exec unshare --net --mount --pid --fork --kill-child --mount-proc bash "$0" "$runs" "$seed" "$only"
fi

RANDOM=$seed
log=/run/lab; faults=(none wrong-address dhcp-dead manager-killed agent-killed console-killed ssh-cut tunnel sale)

say() { printf 'lab: %s\n' "$*"; }

lay() {
    mount --make-rprivate /
    mount -t tmpfs t /run
    mkdir -p /run/dbus /run/udev /run/sshd /run/NetworkManager $log
    mount -t tmpfs t /etc/NetworkManager
    mount -t tmpfs t /var/lib/NetworkManager
    # A read-only /sys: NetworkManager does not wait for a udev that is not here.
    mount -t sysfs -o ro s /sys
    mkdir -p /etc/NetworkManager/conf.d /etc/NetworkManager/system-connections
    printf 'nameserver 192.0.2.1\n' >/run/resolv.conf && mount --bind /run/resolv.conf /etc/resolv.conf
    printf '[main]\nplugins=keyfile\ndhcp=internal\nrc-manager=unmanaged\nauth-polkit=false\n[connectivity]\nenabled=false\n[logging]\nlevel=INFO\nbackend=syslog\n' \
        >/etc/NetworkManager/NetworkManager.conf
    ip link set lo up
    ip netns add operator
    ip link add eth9 type veth peer name wire netns operator
    ip -n operator addr add 192.0.2.1/24 dev wire && ip -n operator link set wire up && ip -n operator link set lo up
    dbus-daemon --system --nofork --nopidfile --nosyslog 2>/dev/null &
    until [[ -S /run/dbus/system_bus_socket ]]; do sleep .05; done
    ip netns exec operator dnsmasq --no-resolv --no-hosts --interface=wire --bind-interfaces \
        --address=/acquirer.test/192.0.2.1 --pid-file=/run/dns.pid
    dhcp
    cat >/run/restart-manager <<'X'
#!/bin/sh
if [ -s /run/nm.pid ]; then
    old=$(cat /run/nm.pid); kill "$old" 2>/dev/null; i=0
    while kill -0 "$old" 2>/dev/null && [ $i -lt 60 ]; do sleep .05; i=$((i + 1)); done
    kill -9 "$old" 2>/dev/null
fi
setsid NetworkManager -n >>/run/lab/nm.log 2>&1 </dev/null &
echo $! >/run/nm.pid
sleep 1
X
    chmod +x /run/restart-manager
    /run/restart-manager
    until nmcli -t general >/dev/null 2>&1; do sleep .1; done
    nmcli d set eth9 managed yes && sleep 1
    nmcli c add type ethernet ifname eth9 con-name shop ipv4.method auto ipv6.method disabled >/dev/null
    nmcli -w 20 c up shop >/dev/null || { say "the network does not come up"; exit 1; }
    cat >/run/lab/pos-console.toml <<X
[[source]]
path = "/run/lab/journal.jsonl"
[network]
probe_name = "acquirer.test"
[actions]
network_manager_command = ["/run/restart-manager"]
guard_local_s = $deadline
guard_remote_s = $deadline
X
    : >/run/lab/journal.jsonl
    ssh-keygen -q -t ed25519 -N '' -f /run/hostkey && ssh-keygen -q -t ed25519 -N '' -f /run/userkey
    "$(PATH=$PATH:/usr/sbin command -v sshd)" -f /dev/null -h /run/hostkey -o AuthorizedKeysFile=/run/userkey.pub \
        -o UsePAM=no -o StrictModes=no -o PidFile=/run/sshd.pid -o PermitRootLogin=yes -E $log/sshd.log
}

dhcp() {
    ip netns exec operator dnsmasq --port=0 --no-resolv --no-hosts --interface=wire --bind-interfaces \
        --dhcp-range=192.0.2.50,192.0.2.99,1h --dhcp-option=3,192.0.2.1 --dhcp-option=6,192.0.2.1 \
        --pid-file=/run/dhcp.pid --dhcp-leasefile=/run/dhcp.leases
}

pc() { "$bin" --config /run/lab/pos-console.toml --state-dir /run/lab/state --lang en "$@" </dev/null; }
operator() { ip netns exec operator ssh -n -F /dev/null -i /run/userkey -o StrictHostKeyChecking=no \
    -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ConnectTimeout=2 "root@$1" "${@:2}"; }
console() { echo "exec $bin --config /run/lab/pos-console.toml --state-dir /run/lab/state --lang en $*"; }
address() { ip -4 -br addr show eth9 | awk '{print $3}' | cut -d/ -f1; }
# Waits for the socket alone: a command would start an agent of its own where none answers.
agent() {
    rm -f /run/lab/state/agent.sock
    setsid "$bin" --config /run/lab/pos-console.toml --state-dir /run/lab/state agent >>$log/agent.log 2>&1 </dev/null &
    echo $! >/run/agent.pid
    disown
    local i; for i in {1..200}; do [[ -S /run/lab/state/agent.sock ]] && break; sleep .05; done
    sleep .3
}
pause() { sleep "$((RANDOM % $1)).$((RANDOM % 10))"; }
rows() { pc audit --json >$log/audit.json; }
count() { grep -c "\"phase\": \"$1\"" $log/audit.json; }
sale() { # CODE STATE
    local now; now=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
    echo "{\"time\":\"$now\",\"kind\":\"sale\",\"amount\":100,\"stan\":\"$stan\",\"tid\":\"12345678\",\"code\":$1$2}" >>/run/lab/journal.jsonl
}

# One run with a fault; prints its line, returns 1 when something is not as it must be.
once() {
    local n=$1 fault=$2 at before intents outcomes began took end rc=0 job victim why=''
    at=$(address)
    rows; intents=$(count intent); outcomes=$(($(count done) + $(count failed) + $(count undone)))
    stan=$(printf '%06d' "$n")
    began=$EPOCHREALTIME
    case $fault in
    wrong-address) nmcli c modify shop ipv4.method manual ipv4.addresses 203.0.113.5/24 ;;
    dhcp-dead) kill "$(cat /run/dhcp.pid)" ;;
    sale) sale null ',"state":"sent"'; sleep 1.5 ;;
    esac
    if [[ $fault == tunnel ]]; then
        ssh -n -F /dev/null -i /run/userkey -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
            -o LogLevel=ERROR root@127.0.0.1 "$(console do 61 --yes)" >$log/do.$n 2>&1 &
    else
        operator "$at" "$(console do 61 --yes)" >$log/do.$n 2>&1 &
    fi
    job=$!
    # Mid-way: the guard is armed.
    case $fault in
    sale) sleep 3; [[ ! -e /run/lab/state/guard.json ]] || { rc=1; why+=' began while a sale was in flight'; }
        sale '"00"' '' ;;
    *-killed | ssh-cut) local i; for i in {1..80}; do [[ -e /run/lab/state/guard.json ]] && break; sleep .05; done ;;
    esac
    case $fault in
    manager-killed) pause 3; kill -9 "$(cat /run/nm.pid)" ;;
    agent-killed) pause 3; kill -9 "$(cat /run/agent.pid)"; pause 2; agent ;;
    console-killed) pause 3; victim=$(pgrep -f "pos-console.toml.* do 61" | tail -1); [[ -n $victim ]] && kill -9 "$victim" ;;
    ssh-cut) pause 3; kill -9 $job ;;
    esac 2>/dev/null
    # Until the operator comes in again and nothing waits any more.
    while :; do
        took=$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN{printf "%.1f", b - a}')
        if [[ ! -e /run/lab/state/guard.json ]] && ! kill -0 $job 2>/dev/null && operator "$at" true 2>/dev/null; then break; fi
        if (($(printf %.0f "$took") > deadline + 60)); then rc=1; why+=' not reachable'; break; fi
        sleep .3
    done
    wait $job 2>/dev/null; end=$?
    awk -v t="$took" -v d=$deadline 'BEGIN{exit !(t > d + 30)}' && { rc=1; why+=' late'; }
    pc audit verify >/dev/null || { rc=1; why+=' audit broken'; }
    rows
    local begun=$(($(count intent) - intents))
    local ended=$(($(count done) + $(count failed) + $(count undone) - outcomes))
    ((begun == ended)) || { rc=1; why+=" $begun begun, $ended ended"; }
    ((begun == 1)) || { rc=1; why+=" begun $begun times"; }
    # What one operator began and nobody else kept is kept by proof, or undone.
    [[ $fault != tunnel ]] || grep -q '"phase": "undone"' $log/audit.json || { rc=1; why+=' a tunnel proved something'; }
    printf '%4d  %-15s %5s s  %-10s%s\n' "$n" "$fault" "$took" \
        "$(grep -o '"phase": "[a-z]*"' $log/audit.json | tail -1 | cut -d'"' -f4)" "${why:+ WRONG:$why}"
    if ((rc)); then sed 's/^/      | /' $log/do.$n | tail -12; tail -3 $log/audit.json | sed 's/^/      | /'; fi
    # Everything well again for the next run.
    case $fault in
    wrong-address) nmcli c modify shop ipv4.method auto ipv4.addresses '' ;;
    dhcp-dead) dhcp ;;
    esac
    case $fault in
    wrong-address | dhcp-dead | manager-killed)
        nmcli -t general >/dev/null 2>&1 || /run/restart-manager
        sleep 1; nmcli -w 20 c up shop >/dev/null 2>&1 ;;
    esac
    worst[$fault]=$(awk -v a="${worst[$fault]:-0}" -v b="$took" 'BEGIN{print (b > a) ? b : a}')
    times[$fault]=$((${times[$fault]:-0} + 1))
    return $rc
}

declare -A worst times
lay
agent
say "$runs runs at a deadline of $deadline s, seed $seed"
bad=0
for ((n = 1; n <= runs; n++)); do
    fault=${only:-${faults[RANDOM % ${#faults[@]}]}}
    once "$n" "$fault" || bad=$((bad + 1))
done
echo
for fault in "${faults[@]}"; do
    [[ -n ${times[$fault]:-} ]] && printf '%-15s %4d runs, slowest %s s\n' "$fault" "${times[$fault]}" "${worst[$fault]}"
done
rows
say "$((runs - bad)) of $runs as they must be; audit: $(pc audit verify)"
cat $log/agent.log 2>/dev/null
kill "$(cat /run/agent.pid)" "$(cat /run/sshd.pid)" "$(cat /run/nm.pid)" 2>/dev/null
((bad == 0))
