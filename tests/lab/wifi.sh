#!/usr/bin/env bash
# 95 NET SETUP where no radio is: Wi-Fi and the mobile network on a mocked NetworkManager (python-dbusmock) in a
# namespace of its own. What is chosen becomes a profile with its password; what is not kept goes again; the password is
# found nowhere else.
#
#   tests/lab/wifi.sh
set -uo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
bin=${POS_CONSOLE:-$here/target/debug/pos-console}
PATH=$PATH:/usr/sbin
for tool in dbus-daemon ip unshare; do
    command -v $tool >/dev/null || { echo "skipped: $tool is missing"; exit 77; }
done
/usr/bin/python3 -c 'import dbus, dbusmock' 2>/dev/null || { echo "skipped: python3-dbusmock is missing"; exit 77; }
[[ $EUID == 0 ]] || { echo "skipped: a namespace with a bus of its own needs root"; exit 77; }
if [[ ${POS_LAB_INSIDE:-} != 1 ]]; then
    export POS_LAB_INSIDE=1
    exec unshare --net --mount --pid --fork --kill-child --mount-proc bash "$0"
fi
password=Quagga-7741
mount --make-rprivate / && mount -t tmpfs t /run && mkdir -p /run/dbus /run/lab
ip link set lo up
ip link add wlan0 type veth peer name air && ip link set air up && ip link set wlan0 up
dbus-daemon --system --nofork --nopidfile --nosyslog 2>/dev/null &
until [[ -S /run/dbus/system_bus_socket ]]; do sleep .05; done
/usr/bin/python3 -m dbusmock --system --template networkmanager >/run/lab/mock.log 2>&1 &
for i in {1..200}; do /usr/bin/python3 "$here/tests/lab/mock.py" lay >/run/lab/lay.log 2>&1 && break; sleep .1; done
printf '[actions]\nsettle_s = 0\n' >/run/lab/pos-console.toml

pc() { "$bin" --config /run/lab/pos-console.toml --state-dir /run/lab/state --lang en "$@"; }
profiles() { /usr/bin/python3 "$here/tests/lab/mock.py" profiles; }
wrong() { echo "wifi: $*"; tail -n 15 /run/lab/out /run/lab/mock.log /run/lab/lay.log; profiles; exit 1; }
begin() { # WORDS...: begins it with the password on standard input, and waits until the guard is armed
    echo $password | pc do net-setup --set "$@" --yes --guard 40 >/run/lab/out 2>&1 &
    job=$!
    local i; for i in {1..200}; do grep -q '"judging"' /run/lab/state/guard.json 2>/dev/null && return; sleep .05; done
    wrong "no guard waits"
}

echo $password | pc do net-setup --set wifi NOWHERE --yes >/run/lab/out 2>&1 && wrong 'a network that is not there'
begin wifi SHOP-5G
pc guard keep </dev/null >>/run/lab/out 2>&1 || wrong 'it cannot be kept'
wait $job || wrong 'what was kept did not end well'
[[ $(profiles) == "802-11-wireless SHOP-5G wpa-psk $password" ]] || wrong 'what was kept is gone'
begin hidden BACK:ROOM
profiles | grep -qx "802-11-wireless BACK:ROOM wpa-psk $password hidden" || wrong 'a network that hides is not asked for by name'
pc guard undo </dev/null >>/run/lab/out 2>&1; wait $job
profiles | grep -q BACK && wrong 'the hidden network is still there'
begin apn cmnet
profiles | grep -qx 'gsm cmnet 50' || wrong 'the mobile network does not come first'
pc guard undo </dev/null >>/run/lab/out 2>&1; wait $job
profiles | grep -q gsm && wrong 'the mobile profile is still there'
pc audit --json </dev/null >/run/lab/audit.json
grep -rq $password /run/lab/state /run/lab/out /run/lab/audit.json && wrong 'the password is found where it should not be'
echo "wifi: chosen, hidden, undone, kept and mobile are as they must be; the password is in its profile alone"
