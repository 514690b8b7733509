#!/usr/bin/env bash
# Asks a real polkitd on a bus of its own what the shipped rule lets the agent do; one line per question: its words,
# then yes or no. Run by tests/least.rs in namespaces of its own.
# usage: polkit.sh RULE SUBJECT < QUESTIONS      a question: ACTION [UNIT VERB]
set -euo pipefail
rule=$1 subject=$2
mount --make-rprivate /
mount -t tmpfs t /run
mkdir -p /run/dbus
for file in passwd group; do cp /etc/$file /run/$file; done
echo 'pos-console:x:64999:64999::/:/usr/sbin/nologin' >>/run/passwd
echo 'somebody:x:64998:64998::/:/usr/sbin/nologin' >>/run/passwd
for file in passwd group; do mount --bind /run/$file /etc/$file; done
cp "$rule" /run/rule
mount -t tmpfs t /etc/polkit-1/rules.d
install -m 644 /run/rule /etc/polkit-1/rules.d/49-pos-console.rules
dbus-daemon --system --nofork --nopidfile --nosyslog 2>/dev/null &
until [[ -S /run/dbus/system_bus_socket ]]; do sleep .05; done
/usr/lib/polkit-1/polkitd --no-debug >/dev/null 2>&1 &
setpriv --reuid "$subject" --regid 64999 --clear-groups sleep 300 &
asked=$!
for _ in {1..200}; do
    dbus-send --system --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
        org.freedesktop.DBus.NameHasOwner string:org.freedesktop.PolicyKit1 2>/dev/null | grep -q 'boolean true' && break
    sleep .05
done
while read -r action unit verb; do
    details=()
    [[ -z $unit ]] || details=(--detail unit "$unit" --detail verb "$verb")
    if pkcheck --action-id "$action" --process "$asked" "${details[@]}" >/dev/null 2>&1; then said=yes; else said=no; fi
    echo "$action $unit $verb $said"
done
