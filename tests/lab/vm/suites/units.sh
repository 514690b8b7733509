#!/usr/bin/env bash
# The console as it was installed, under a real systemd, polkit and D-Bus: what its units may, and that it is enough.
set -uo pipefail
. "$(dirname "$0")/../vm.sh"
must_run && restore

exposure() { # UNIT
    inside "systemd-analyze security --no-pager --threshold=20 $1 | tail -n 1"
}
while read -r unit; do
    said=$(exposure "$unit.service")
    printf '       %-28s %s\n' "$unit" "$(grep -oE '[0-9]+\.[0-9]+.*' <<<"$said" | tail -n 1)"
    right "$unit is exposed by at most 2.0" awk '{said = $0; sub(/.*: /, "", said)} END {exit !(said + 0 > 0 && said + 0 <= 2.0)}' <<<"$said"
done <<'X'
pos-console-agent
pos-console-chrony
pos-console-restore
pos-console-step-clock@p1
pos-console-usb-rebind@1-1
pos-console-kiosk@tty2
pos-console-ifcycle@wire0
pos-console-update-refresh
pos-console-update-fetch
pos-console-update-install
pos-console-update-rollback
X

agent() { inside "systemctl show -P $1 pos-console-agent"; }
right "the agent runs" test "$(agent ActiveState)" = active
right "it was never started again" test "$(agent NRestarts)" = 0
right "it is the user pos-console" inside '[ "$(ps -o user= -p $(systemctl show -P MainPID pos-console-agent))" = pos-con+ ] ||
    [ "$(ps -o user:20= -p $(systemctl show -P MainPID pos-console-agent))" = pos-console ]'
right "it holds no capability" inside 'grep -q "CapEff:.0000000000000000" /proc/$(systemctl show -P MainPID pos-console-agent)/status'
right "nothing that it logged is a complaint" inside '! journalctl -q -u pos-console-agent -o cat | grep -iE "denied|not permitted|error"'

# The healthy terminal, by everybody who may look. A machine this slow is late with one thing or another when it is asked
# for everything at once: it may be asked again.
healthy() { looks "$1" || looks "$1" || looks "$1"; }
looks() { # PERSON
    local said
    said=$(as "$1" 'pos-console --lang en check --json' </dev/null)
    python3 - "$said" <<'PY'
import json, sys
report = json.loads(sys.argv[1])
odd = [f for f in report["findings"] if f["status"] not in ("ok", "absent")]
for f in odd:
    print(f["id"], f["status"], f["summary"], f["facts"])
sys.exit(report["root_cause"] is not None or any(f["status"] == "unknown" for f in odd))
PY
}
for person in tech shop; do
    right "$person: check finds nothing" healthy $person
    right "$person: screen 0" as $person 'pos-console show 0' </dev/null
    right "$person: audit" as $person 'pos-console audit --json && pos-console audit verify' </dev/null
done
seen() { # ID
    inside "pos-console check $1 --json" | python3 -c '
import json, sys
for f in json.load(sys.stdin)["findings"]:
    if f["id"].split(":")[0] == sys.argv[1]:
        print(f["id"], f["status"], f["summary"], f["facts"])
        sys.exit(f["status"] != "ok")
sys.exit("no such finding")' "$1"
}
for id in net.wifi net.gateway net.dns host.tls host.echo clock.offset clock.sync reader.service reader.device printer.status \
    sys.units sys.readonly app.alive source.unknown; do
    right "$id is seen" seen $id
done
! inside 'test -d /sys/class/power_supply/test_battery' || right "power.battery is seen" seen power.battery

# What others may not.
right "a stranger cannot speak to the agent" inside '! runuser -u nobodys -- test -w /run/pos-console/agent.sock'
right "the shop may not switch off" inside '! runuser -u shop -- pos-console do power-off --yes --reason lab'
right "the agent's account may not stop the network" inside '! runuser -u pos-console -- systemctl --no-ask-password stop NetworkManager'
right "nor start what is not its own" inside '! runuser -u pos-console -- systemctl --no-ask-password start systemd-timesyncd'

# What only root can do, through its units, asked for by the agent's account.
begins() { inside "runuser -u pos-console -- systemctl --no-ask-password start $1 && [ \$(systemctl show -P Result $1) = success ]"; }
right "62 by chrony's unit" begins pos-console-chrony.service
place=$(inside 'basename "$(dirname "$(readlink -f /sys/class/usbmisc/lp0/device)")"')
right "the printer at $place is plugged anew" begins "pos-console-usb-rebind@$place.service"
right "and is there again" inside '. /usr/lib/lab/world.sh; wait_for 20 printer test -e /dev/usb/lp0'
act() { as "$1" "pos-console do $2 --yes" </dev/null; }
right "technician: 62" act tech sync-time
right "shop: 62" act shop sync-time
right "shop: 63" act shop reset-reader
right "technician: 64" act tech restart-app
right "shop: 61 on the Wi-Fi" act shop restart-network
# After 62: a sale that is stamped ahead would stand against it.
right "the clock's unit steps it on" inside 'a=$(date +%s); runuser -u pos-console -- systemctl --no-ask-password start pos-console-step-clock@p90000 && [ $(($(date +%s) - a)) -ge 90 ]'
right "and back" begins pos-console-step-clock@m90000.service

# ifupdown: whoever brings an interface up at boot is asked to bring it up anew. Its programs have to go on, one of each.
settings() { inside "printf '$1' >/etc/pos-console/conf.d/lab.toml; systemctl restart pos-console-agent; . /usr/lib/lab/world.sh; wait_for 60 agent test -S /run/pos-console/agent.sock"; }
files() { inside "printf 'auto lo\n$1' >/etc/network/interfaces"; }
leased() { inside '. /usr/lib/lab/world.sh; has() { [ "$(pgrep -xc dhclient)" = 1 ] && ip -4 -br addr show wire0 | grep -q 198.18.0.; }; wait_for 60 lease has'; }
fixed() { inside 'ip -4 -br addr show wire0 | grep -q 198.18.0.9 && ip route get 198.18.99.1 | grep -q wire0'; }
# What systemd has said of each: it forgets a unit that has ended, its journal does not.
begun() { inside 'journalctl --sync; for unit in ifup@wire0 pos-console-ifcycle@wire0 networking; do echo $unit $(journalctl -q -o cat UNIT=$unit.service | wc -l); done'; }
# 61 by these units, and by no other.
by() { # UNIT...
    local before
    before=$(begun)
    act tech restart-network && [ "$(diff <(echo "$before") <(begun) | sed -n 's/^> \([^ ]*\) .*/\1/p' | xargs)" = "$*" ]
}
settings '[network]\ninterfaces = ["wire0"]\n'
files 'allow-hotplug wire0\niface wire0 inet dhcp\n'
inside '. /usr/lib/lab/world.sh; wire'
right "ifupdown: udev has it brought up" leased
right "plugged, DHCP: 61 by its own unit" by ifup@wire0
right "one dhclient goes on" leased
right "its lease is kept" inside 'test -s /var/lib/dhcp/dhclient.wire0.leases'
inside 'systemctl stop ifup@wire0; ifup wire0' 2>/dev/null
right "brought up by hand: 61 by its own unit" by ifup@wire0
right "which has it now" inside 'systemctl -q is-active ifup@wire0 && grep -q ifup@wire0 /proc/$(pgrep -xo dhclient)/cgroup'
right "one dhclient goes on" leased
inside 'systemctl stop ifup@wire0'
files 'auto wire0\niface wire0 inet dhcp\n'
inside 'systemctl restart networking'
right "at boot, DHCP: 61 by networking.service" by networking
right "one dhclient goes on" leased
inside 'systemctl stop networking'
files 'auto wire0\niface wire0 inet static\n  address 198.18.0.9/24\n  up ip route add 198.18.99.0/24 via 198.18.0.1\niface wire0 inet6 auto\n  privext 2\n'
inside 'systemctl start networking'
right "fixed, and the site's own line: 61 by our unit alone" by pos-console-ifcycle@wire0
right "both are there" fixed
right "what IPv6 wants is set" inside '[ "$(cat /proc/sys/net/ipv6/conf/wire0/use_tempaddr)" = 2 ]'
right "once more, by the agent's account" begins pos-console-ifcycle@wire0.service
right "both are there" fixed
inside 'systemctl stop networking'
against() { # REASON
    local said
    said=$(as tech 'pos-console do restart-network --plan --json' </dev/null)
    grep "\"$1\"" <<<"$said"
}
files 'iface wire0 inet dhcp\n'
right "brought up by hands alone: refused, with the reason" against net-by-hand
files 'auto wire0\niface wire0 inet dhcp\niface wire1 inet manual\n'
inside 'ip link add wire1 type veth peer name wire2; ifup wire1; systemctl start networking'
right "another would be lost: refused, with the reason" against net-along
inside 'systemctl stop networking; ip link del wire1'

# It breaks: a line of the site fails, or nobody gives addresses any more. What was there comes back and stays: nothing
# that was begun may come later and take it away.
breaks() { # SECONDS
    local had
    had=$(inside 'ip -4 -o addr show wire0 | grep -oE "198[0-9.]+/24"') || return 1
    ! as tech 'pos-console do restart-network --yes --guard 60' </dev/null || return 1
    inside ". /usr/lib/lab/world.sh; has() { ip -4 -o addr show wire0 | grep -qF $had; }; wait_for 10 address has && sleep $1 && has &&
        [ -z \"\$(systemctl list-jobs --no-legend)\" ]"
}
files 'allow-hotplug wire0\niface wire0 inet dhcp\n  pre-up test ! -e /var/lib/pos-console/guard.json\n'
inside 'systemctl start networking; systemctl restart ifup@wire0'
right "it has a lease" leased
right "its own line fails: undone, and the address is back" breaks 1
inside 'ifdown --force wire0; systemctl stop ifup@wire0' 2>/dev/null
files 'allow-hotplug wire0\niface wire0 inet dhcp\n'
inside 'systemctl start ifup@wire0'
right "it has a lease again" leased
inside '. /usr/lib/lab/world.sh; end wire'
right "no DHCP server: undone, and the address stays" breaks 70
inside 'systemctl kill ifup@wire0 networking; ifdown --force wire0; systemctl stop ifup@wire0; ip link del wire0' 2>/dev/null

# Wi-Fi, in the same way.
settings ''
inside 'printf "ctrl_interface=DIR=/run/wpa_supplicant GROUP=netdev\nnetwork={\n ssid=\"SHOP-POS\"\n psk=\"shop-password\"\n}\n" >/etc/wpa_supplicant/shop.conf
    printf "auto lo\nallow-hotplug wlan0\niface wlan0 inet dhcp\n  wpa-conf /etc/wpa_supplicant/shop.conf\n" >/etc/network/interfaces
    nmcli device set wlan0 managed no; sleep 3; ip addr flush dev wlan0; systemctl start ifup@wlan0'
on_air() {
    inside '. /usr/lib/lab/world.sh
    wait_for 90 way ip route get 203.0.113.7 && ip -4 -br addr show wlan0 | grep -q 192.0.2. && systemctl -q is-active ifup@wlan0 &&
    grep -q 192.0.2.1 /etc/resolv.conf && [ "$(pgrep -fc "[w]pa_supplicant.*shop.conf")" = 1 ] && [ "$(pgrep -xc dhclient)" = 1 ] &&
    [ "$(stat -c %G /run/wpa_supplicant)" = netdev ]'
}
right "Wi-Fi by wpa_supplicant and dhclient" on_air
right "technician: 61" act tech restart-network
right "it is there, and its programs go on" on_air
inside 'systemctl stop ifup@wlan0; nmcli device set wlan0 managed yes; echo "auto lo" >/etc/network/interfaces
    . /usr/lib/lab/world.sh; back_on_wifi' 2>/dev/null

# Packages by root's units: one whose script makes an account and a file that runs as root, and speaks to systemd.
package() { # VERSION
    inside "rm -rf /srv/lab && mkdir -p /srv/lab/deb/DEBIAN /srv/lab/deb/usr/bin /srv/lab/repo && cd /srv/lab &&
        printf 'Package: pos-lab-app\nVersion: $1\nArchitecture: all\nMaintainer: lab <lab@lab>\nDescription: lab\n' >deb/DEBIAN/control &&
        printf '#!/bin/sh\nset -e\nid lab-app >/dev/null 2>&1 || useradd -r lab-app\nsystemctl daemon-reload\nchown lab-app /usr/bin/lab-app\nchmod 4755 /usr/bin/lab-app\n' >deb/DEBIAN/postinst &&
        chmod 755 deb/DEBIAN/postinst && cp /bin/true deb/usr/bin/lab-app && dpkg-deb -b deb repo/app.deb >/dev/null &&
        { cat deb/DEBIAN/control; printf 'Filename: ./app.deb\nSize: %s\nSHA256: %s\n\n' \$(stat -c %s repo/app.deb) \$(sha256sum <repo/app.deb | cut -d' ' -f1); } >repo/Packages &&
        echo 'deb [trusted=yes] copy:/srv/lab/repo ./' >/etc/apt/sources.list"
}
package 1.0
inside 'dpkg -i /srv/lab/repo/app.deb' >/dev/null
package 2.0
inside '. /usr/lib/lab/world.sh; closing'
settings '[update]\nbackend = "apt"\npackages = ["pos-lab-app"]\nrestart = "never"\nhealth_s = 200\nreserve_mb = 1\n'
right "71: apt's lists by root's unit" act tech update-check
right "72: the package by root's unit" act tech update-install
right "it is whole" inside '[ "$(dpkg-query -W -f "\${Version} \${Status}" pos-lab-app)" = "2.0 install ok installed" ] && [ -u /usr/bin/lab-app ]'
settings ''
swipe() {
    inside "python3 /usr/lib/lab/swipe.py ';6222000000000000=30125010000?' >/run/lab/swipe.log 2>&1 &
        . /usr/lib/lab/world.sh; wait_for 60 reader test -s /run/lab/swipe.log"
    seen reader.swipe
}
right "41: a swipe is read by the agent" swipe
for person in tech shop; do
    right "the audit names $person" inside "pos-console audit --json | grep -q '\"who\": \"$person\"'"
done
right "the audit is whole" inside 'pos-console audit verify'
figures units
