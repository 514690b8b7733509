#!/usr/bin/env bash
# 95 NET SETUP on a real NetworkManager in namespaces of its own: a terminal with a cable, a router that hands out
# addresses. A fixed address is kept once it proves itself, a wrong one is undone at the deadline, whoever dies meanwhile.
#
#   tests/lab/setup.sh
#
# Needs root (namespaces), NetworkManager, dnsmasq, dbus-daemon, ip. Touches nothing outside its namespaces.
set -uo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
bin=${POS_CONSOLE:-$here/target/debug/pos-console}
PATH=$PATH:/usr/sbin
for tool in NetworkManager nmcli dnsmasq dbus-daemon ip unshare; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is missing"; exit 77; }
done
[[ $EUID == 0 ]] || { echo "skipped: namespaces with a network manager need root"; exit 77; }
[[ -x $bin ]] || { echo "skipped: $bin is missing"; exit 77; }
if [[ ${POS_LAB_INSIDE:-} != 1 ]]; then
    export POS_LAB_INSIDE=1
    exec unshare --net --mount --pid --fork --kill-child --mount-proc bash "$0"
fi

log=/run/lab
lay() {
    mount --make-rprivate /
    mount -t tmpfs t /run
    mkdir -p /run/dbus /run/udev /run/NetworkManager $log
    mount -t tmpfs t /etc/NetworkManager && mount -t tmpfs t /var/lib/NetworkManager
    # A read-only /sys: NetworkManager does not wait for a udev that is not here.
    mount -t sysfs -o ro s /sys
    mkdir -p /etc/NetworkManager/conf.d /etc/NetworkManager/system-connections
    printf 'nameserver 192.0.2.1\n' >/run/resolv.conf && mount --bind /run/resolv.conf /etc/resolv.conf
    printf '[main]\nplugins=keyfile\ndhcp=internal\nrc-manager=unmanaged\nauth-polkit=false\n[connectivity]\nenabled=false\n' \
        >/etc/NetworkManager/NetworkManager.conf
    ip link set lo up
    ip netns add router
    ip link add eth9 type veth peer name wire netns router
    ip -n router addr add 192.0.2.1/24 dev wire && ip -n router link set wire up && ip -n router link set lo up
    dbus-daemon --system --nofork --nopidfile --nosyslog 2>/dev/null &
    until [[ -S /run/dbus/system_bus_socket ]]; do sleep .05; done
    ip netns exec router dnsmasq --no-resolv --no-hosts --interface=wire --bind-interfaces \
        --address=/acquirer.test/192.0.2.1 --dhcp-range=192.0.2.50,192.0.2.69,1h --dhcp-option=3,192.0.2.1 \
        --dhcp-option=6,192.0.2.1 --pid-file=/run/dns.pid --dhcp-leasefile=/run/dhcp.leases
    setsid NetworkManager -n >$log/nm.log 2>&1 </dev/null &
    until nmcli -t general >/dev/null 2>&1; do sleep .1; done
    nmcli d set eth9 managed yes
    nmcli c add type ethernet ifname eth9 con-name shop ipv4.method auto ipv6.method disabled >/dev/null
    nmcli -w 20 c up shop >/dev/null || { echo "the network does not come up"; tail -5 $log/nm.log; exit 1; }
    printf '[network]\nprobe_name = "acquirer.test"\n[actions]\nsettle_s = 0\n' >$log/pos-console.toml
}

pc() { "$bin" --config $log/pos-console.toml --state-dir $log/state --lang en "$@" </dev/null; }
address() { ip -4 -br addr show eth9 | awk '{print $3}'; }
saved() { find /etc/NetworkManager/system-connections -type f | wc -l; }
wrong() { echo "setup: $*"; tail -20 $log/out; tail -15 $log/nm.log; exit 1; }
is() { [[ $2 == "$3" ]] || wrong "$1: $2, not $3"; }

lay
[[ $(address) == 192.0.2.[56]* ]] || wrong "no address from the router: $(address)"

pc do net-setup --set fixed eth9 192.0.2.77/24 192.0.2.1 192.0.2.1 --yes --guard 30 >$log/out 2>&1 || wrong "a good address is not kept"
is 'a fixed address' "$(address)" 192.0.2.77/24
is 'its profile is written down in the place of the former one' "$(saved)" 1
grep -q 192.0.2.77 /etc/NetworkManager/system-connections/* || wrong 'what is written down is something else'

pc do net-setup --set fixed eth9 203.0.113.5/24 203.0.113.1 --yes --guard 5 >$log/out 2>&1
is 'a wrong address is undone' "$?" 2
is 'what was before' "$(address)" 192.0.2.77/24
is 'nothing of it is written down' "$(saved)" 1
[[ ! -e $log/state/guard.json ]] || wrong 'the guard is still armed'

# Killed in the middle: the next one puts it back.
"$bin" --config $log/pos-console.toml --state-dir $log/state do net-setup \
    --set fixed eth9 203.0.113.5/24 203.0.113.1 --yes --guard 5 >$log/out 2>&1 </dev/null &
job=$!
for i in {1..200}; do [[ $(address) == 203.0.113.5/24 ]] && break; sleep .05; done
kill -9 $job; wait $job 2>/dev/null
is 'the wrong address' "$(address)" 203.0.113.5/24
"$bin" --config $log/pos-console.toml --state-dir $log/state agent >>$log/out 2>&1 </dev/null &
agent=$!
for i in {1..400}; do [[ ! -e $log/state/guard.json ]] && break; sleep .05; done
[[ ! -e $log/state/guard.json ]] || wrong 'the next agent does not put it back'
is 'what was before the kill' "$(address)" 192.0.2.77/24
is 'nothing of it is written down' "$(saved)" 1
kill $agent; wait $agent 2>/dev/null

pc do net-setup --set auto eth9 --yes --guard 30 >$log/out 2>&1 || wrong "an address from the router is not kept"
[[ $(address) == 192.0.2.[56]* ]] || wrong "no address from the router: $(address)"
is 'one profile' "$(saved)" 1
pc audit verify >$log/out 2>&1 || wrong 'the audit is broken'
# What `check` says of one finding: its state, its code and one fact.
found() {
    python3 -c 'import json, sys
for finding in json.load(open(sys.argv[1]))["findings"]:
    if finding["id"] == sys.argv[2]:
        print(finding["status"], finding.get("code", ""), finding["facts"].get(sys.argv[3], ""))' $log/out "$1" "$2"
}
pc check net.address --json >$log/out 2>&1
is 'the lease by its manager' "$(found net.address:eth9 dhcp_server)" 'ok net-address-leased 192.0.2.1'

# The router hands out nothing any more while an address is asked for.
kill -STOP "$(cat /run/dns.pid)"
nmcli d disconnect eth9 >/dev/null && nmcli -w 0 c up shop >/dev/null
pc check net.address --json >$log/out 2>&1
is 'an address is asked for' "$(found net.address:eth9 dhcp)" 'fail net-address-seeking seeking'
kill -CONT "$(cat /run/dns.pid)"
for i in {1..200}; do [[ $(address) == 192.0.2.* ]] && break; sleep .05; done

# A manager that keeps silent: the kernel is asked all the same, and 95 tells why it cannot.
nm=$(pidof NetworkManager)
kill -STOP $nm
pc check network --json >$log/out 2>&1
is 'a link under a mute manager' "$(found net.link:eth9 '')" 'ok net-link-ok '
is 'its address' "$(found net.address:eth9 '')" 'ok net-address-leased '
is 'the name server' "$(found net.dns '')" 'ok net-dns-ok '
is 'its radio' "$(found net.wifi reason)" 'unknown net-wifi-unknown late'
pc show 95 >$log/out 2>&1
grep -q 'did not answer in time' $log/out || wrong '95 does not tell that its manager is mute'
kill -CONT $nm
echo "setup: fixed, wrong, killed, automatic, asked for and mute are as they must be"
