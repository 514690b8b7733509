#!/usr/bin/env bash
# The console as it was installed, under a real systemd, polkit and D-Bus: what its units may, and that it is enough.
set -uo pipefail
. "$(dirname "$0")/../vm.sh"
must_run && restore

exposure() { # UNIT
    inside "systemd-analyze security --no-pager --threshold=20 $1 | tail -n 1"
}
for unit in pos-console-agent pos-console-chrony pos-console-restore pos-console-step-clock@p1 \
    pos-console-usb-rebind@1-1 pos-console-kiosk@tty2; do
    said=$(exposure "$unit.service")
    printf '       %-28s %s\n' "$unit" "$(grep -oE '[0-9]+\.[0-9]+.*' <<<"$said" | tail -n 1)"
    right "$unit is exposed by at most 2.0" grep -qE ': ([01]\.[0-9]|2\.0) ' <<<"$said"
done
# Its scripts are the site's: fenced in further they would not run.
printf '       %-28s %s\n' pos-console-ifcycle@ "$(exposure pos-console-ifcycle@eth0.service | grep -oE '[0-9]+\.[0-9]+.*')"

agent() { inside "systemctl show -P $1 pos-console-agent"; }
right "the agent runs" test "$(agent ActiveState)" = active
right "it was never started again" test "$(agent NRestarts)" = 0
right "it is the user pos-console" inside '[ "$(ps -o user= -p $(systemctl show -P MainPID pos-console-agent))" = pos-con+ ] ||
    [ "$(ps -o user:20= -p $(systemctl show -P MainPID pos-console-agent))" = pos-console ]'
right "it holds no capability" inside 'grep -q "CapEff:.0000000000000000" /proc/$(systemctl show -P MainPID pos-console-agent)/status'
right "nothing that it logged is a complaint" inside '! journalctl -q -u pos-console-agent -o cat | grep -iE "denied|not permitted|error"'

# The healthy terminal, by everybody who may look.
healthy() { # PERSON
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
right "the clock's unit steps it on" inside 'a=$(date +%s); runuser -u pos-console -- systemctl --no-ask-password start pos-console-step-clock@p90000 && [ $(($(date +%s) - a)) -ge 90 ]'
right "and back" begins pos-console-step-clock@m90000.service
place=$(inside 'basename "$(dirname "$(readlink -f /sys/class/usbmisc/lp0/device)")"')
right "the printer at $place is plugged anew" begins "pos-console-usb-rebind@$place.service"
right "and is there again" inside '. /usr/lib/lab/world.sh; wait_for 20 printer test -e /dev/usb/lp0'
act() { as "$1" "pos-console do $2 --yes" </dev/null; }
right "technician: 62" act tech sync-time
right "shop: 62" act shop sync-time
right "shop: 63" act shop reset-reader
right "technician: 64" act tech restart-app
right "shop: 61 on the Wi-Fi" act shop restart-network
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
