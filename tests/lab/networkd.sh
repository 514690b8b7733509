#!/usr/bin/env bash
# 61 NET RESTART by a real systemd-networkd in namespaces of its own: a lease is fetched again; where
# nobody gives one any more, the former address is put back at the deadline. With a real wpa_supplicant, which joins again,
# and a mocked modem, which goes off and on.
#
#   tests/lab/networkd.sh
set -uo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
bin=${POS_CONSOLE:-$here/target/debug/pos-console}
networkd=/lib/systemd/systemd-networkd
PATH=$PATH:/usr/sbin
for tool in dnsmasq dbus-daemon ip unshare $networkd; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is missing"; exit 77; }
done
[[ $EUID == 0 ]] || { echo "skipped: namespaces with a network manager need root"; exit 77; }
if [[ ${POS_LAB_INSIDE:-} != 1 ]]; then
    export POS_LAB_INSIDE=1
    exec unshare --net --mount --pid --fork --kill-child --mount-proc bash "$0"
fi
log=/run/lab
mount --make-rprivate / && mount -t tmpfs t /run
mkdir -p /run/dbus /run/systemd/network /run/systemd/netif/{links,leases,lldp} $log
chown -R systemd-network /run/systemd/netif 2>/dev/null
mount -t sysfs -o ro s /sys
printf 'nameserver 192.0.2.1\n' >/run/resolv.conf && mount --bind /run/resolv.conf /etc/resolv.conf
ip link set lo up
ip netns add router
ip link add eth9 type veth peer name wire netns router
ip -n router addr add 192.0.2.1/24 dev wire && ip -n router link set wire up && ip -n router link set lo up
dbus-daemon --system --nofork --nopidfile --nosyslog 2>/dev/null &
until [[ -S /run/dbus/system_bus_socket ]]; do sleep .05; done
cat >/run/router <<'X'
exec ip netns exec router dnsmasq --no-resolv --no-hosts --interface=wire --bind-interfaces \
    --address=/acquirer.test/192.0.2.1 --dhcp-range=192.0.2.50,192.0.2.69,1h --dhcp-option=3,192.0.2.1 \
    --pid-file=/run/dns.pid --dhcp-leasefile=/run/dhcp.leases
X
bash /run/router
printf '[Match]\nName=eth9\n[Network]\nDHCP=ipv4\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n' >/run/systemd/network/10-shop.network
$networkd >$log/networkd.log 2>&1 &
address() { ip -4 -br addr show eth9 | awk '{print $3}'; }
wrong() { echo "networkd: $*"; tail -n 15 $log/out $log/networkd.log; exit 1; }
for i in {1..200}; do [[ $(address) == 192.0.2.* ]] && break; sleep .05; done
[[ $(address) == 192.0.2.* ]] || wrong "no address from the router"
printf '[network]\nprobe_name = "acquirer.test"\n[actions]\nnetwork = "networkd"\nsettle_s = 0\n' >$log/pos-console.toml
pc() { "$bin" --config $log/pos-console.toml --state-dir $log/state --lang en "$@" </dev/null; }

before=$(address)
pc do 61 --yes --guard 30 >$log/out 2>&1 || wrong "a network that is well does not come back well"
[[ $(address) == "$before" ]] || wrong "another address: $(address), not $before"
# What has a radio, on the shortest ladder: the router knows no names any more.
printf '[network]\nprobe_name = "acquirer.test"\n[actions]\nnetwork = "command"\nnetwork_command = ["true"]\nsettle_s = 0\n' >$log/short.toml
printf '[[host]]\nname = "shop"\naddress = "192.0.2.1:9"\n' >>$log/short.toml
short() { "$bin" --config $log/short.toml --state-dir $log/state --lang en "$@" </dev/null; }
radio() { short do 61 --plan | grep -q 'off and on, connect eth9 again'; }
did() { short audit --json | grep -q "radio [^;]*done[^;]* $1"; }
radio && wrong "a radio where there is none"
kill "$(cat /run/dns.pid)"
if command -v wpa_supplicant >/dev/null; then
    printf 'ctrl_interface=/run/wpa_supplicant\nap_scan=0\nnetwork={\n key_mgmt=NONE\n}\n' >/run/wpa.conf
    wpa_supplicant -B -P /run/wpa.pid -D wired -i eth9 -c /run/wpa.conf >>$log/out || wrong "no supplicant"
    for i in {1..200}; do radio && break; sleep .05; done
    radio || wrong "no rung for what a supplicant keeps"
    short do 61 --yes --guard 60 >$log/out 2>&1 && wrong "names that nobody knows were kept"
    did 'completed, completed' || wrong 'the supplicant was not asked to join again'
    # It dies between the plan and the rung, or before: that is told, and nothing waits for it.
    kill -9 "$(cat /run/wpa.pid)"
    radio && wrong "a supplicant that has gone is a rung"
else
    echo "skipped: wpa_supplicant is missing"
fi
# A modem that has lost its network finds it again once it was off.
if /usr/bin/python3 -c 'import dbus, dbusmock' 2>/dev/null; then
    /usr/bin/python3 -m dbusmock --system --is-object-manager org.freedesktop.ModemManager1 \
        /org/freedesktop/ModemManager1 org.freedesktop.ModemManager1 >$log/mock.log 2>&1 &
    mock=$!
    # Whoever asks for it before it is there waits for somebody to start it.
    owned() { dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner "string:$1"; }
    for i in {1..200}; do owned org.freedesktop.ModemManager1 | grep -q true && break; sleep .05; done
    for i in {1..20}; do
        /usr/bin/python3 "$here/tests/lab/mock.py" modem eth9 'bash /run/router' 2>$log/lay.log && break
        sleep .05
    done
    short do 61 --yes --guard 60 >$log/out 2>&1 || wrong "switching the modem does not help: $(tail -n 3 $log/lay.log $log/mock.log)"
    did 'registered, off, on' || wrong 'the modem was not switched off and on'
    kill $mock
else
    echo "skipped: python3-dbusmock is missing"
    bash /run/router
fi

# Nobody hands out addresses any more: the old one is lost by fetching it again, and put back at the deadline.
kill "$(cat /run/dns.pid)"
pc do 61 --yes --guard 5 >$log/out 2>&1 && wrong "a network without an address was kept"
[[ $(address) == "$before"* ]] || wrong "what was before is not back: $(address), not $before"
[[ ! -e $log/state/guard.json ]] || wrong "the guard is still armed"
pc audit verify >>$log/out 2>&1 || wrong 'the audit is broken'

pc guard keep >>$log/out 2>&1 && wrong "what was undone at the deadline can be kept"
# Nobody answers yet, and an address is asked for.
ip -4 addr flush dev eth9
for i in {1..200}; do grep -q ADMIN_STATE=configuring /run/systemd/netif/links/* && break; sleep .05; done
pc check net.address >$log/out 2>&1
grep -q 'is asking the router for an address' $log/out || wrong 'it is not told that an address is asked for'
echo "networkd: restarted and undone as they must be"
