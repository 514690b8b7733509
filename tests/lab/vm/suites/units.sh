#!/usr/bin/env bash
# The console as it was installed, under a real systemd, polkit and D-Bus: what its units may, and that it is enough.
set -uo pipefail
. "$(dirname "$0")/../vm.sh"
must_run && restore

exposure() { # UNIT
    inside "systemd-analyze security --no-pager --threshold=20 $1 | tail -n 1"
}
# At most 2.0, but for ifupdown: DHCP speaks in packets of its own.
while read -r unit most; do
    said=$(exposure "$unit.service")
    printf '       %-28s %s\n' "$unit" "$(grep -oE '[0-9]+\.[0-9]+.*' <<<"$said" | tail -n 1)"
    right "$unit is exposed by at most $most" awk -v most="$most" '{said = $0; sub(/.*: /, "", said)} END {exit !(said + 0 > 0 && said + 0 <= most)}' <<<"$said"
done <<'X'
pos-console-agent 2.0
pos-console-chrony 2.0
pos-console-restore 2.0
pos-console-step-clock@p1 2.0
pos-console-usb-rebind@1-1 2.0
pos-console-kiosk@tty2 2.0
pos-console-ifcycle@wire0 2.2
pos-console-update-refresh 2.0
pos-console-update-fetch 2.0
pos-console-update-install 2.0
pos-console-update-rollback 2.0
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

# ifupdown, as the shipped unit runs it: addresses by dhclient and by hand, IPv6, Wi-Fi by wpa_supplicant. What it leaves
# behind has to go on, and to go when it is begun anew.
inside '. /usr/lib/lab/world.sh; wire
    printf "auto lo\niface wire0 inet dhcp\niface wire0 inet6 auto\n  privext 2\n" >/etc/network/interfaces'
leases() { inside '[ "$(pgrep -xc dhclient)" = 1 ] && ip -4 -br addr show wire0 | grep -q 198.18.0.'; }
right "ifupdown: an address by dhclient" begins pos-console-ifcycle@wire0.service
right "dhclient goes on" leases
right "its lease is kept" inside 'test -s /var/lib/dhcp/dhclient.wire0.leases'
right "what IPv6 wants is set" inside '[ "$(cat /proc/sys/net/ipv6/conf/wire0/use_tempaddr)" = 2 ]'
right "once more" begins pos-console-ifcycle@wire0.service
right "one dhclient goes on" leases
inside 'printf "auto lo\niface wire0 inet static\n  address 198.18.0.9/24\n  up ip route add 198.18.99.0/24 via 198.18.0.1\n" >/etc/network/interfaces'
right "an address by hand, and the site's own line" begins pos-console-ifcycle@wire0.service
right "both are there" inside 'ip -4 -br addr show wire0 | grep -q 198.18.0.9 && ip route get 198.18.99.1 | grep -q wire0'
# 61 finds out whose the cable is, and its proof is the whole network.
settings() { inside "printf '$1' >/etc/pos-console/conf.d/lab.toml; systemctl restart pos-console-agent; . /usr/lib/lab/world.sh; wait_for 60 agent test -S /run/pos-console/agent.sock"; }
settings '[network]\ninterfaces = ["wire0"]\n'
right "61 by ifupdown on the cable" act tech restart-network
right "what was there is there" inside 'ip -4 -br addr show wire0 | grep -q 198.18.0.9'
inside 'printf "ctrl_interface=DIR=/run/wpa_supplicant GROUP=netdev\nnetwork={\n ssid=\"SHOP-POS\"\n psk=\"shop-password\"\n}\n" >/etc/wpa_supplicant/shop.conf
    printf "auto lo\niface wlan0 inet dhcp\n  wpa-conf /etc/wpa_supplicant/shop.conf\n" >/etc/network/interfaces
    nmcli device set wlan0 managed no; sleep 3; ip addr flush dev wlan0'
right "Wi-Fi by wpa_supplicant and dhclient" begins pos-console-ifcycle@wlan0.service
right "it is there, and its programs go on" inside '. /usr/lib/lab/world.sh
    wait_for 30 way ip route get 203.0.113.7 && ip -4 -br addr show wlan0 | grep -q 192.0.2. &&
    grep -q 192.0.2.1 /etc/resolv.conf && pgrep -f "[w]pa_supplicant.*shop.conf" && pgrep -f "[d]hclient.*wlan0" && [ "$(stat -c %G /run/wpa_supplicant)" = netdev ]'
inside 'ifdown --force wlan0; ip link del wire0; nmcli device set wlan0 managed yes; echo "auto lo" >/etc/network/interfaces
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
