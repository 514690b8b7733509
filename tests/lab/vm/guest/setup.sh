#!/usr/bin/env bash
# Inside the VM, as root: the console is installed as the README says, on a terminal with a shop around it.
set -euo pipefail
cd /root/goods
# What this small kernel lacks.
systemctl mask --quiet proc-sys-fs-binfmt_misc.automount systemd-binfmt.service
systemctl reset-failed
bins=/root/goods/target

# The shop, the acquirer and the devices: whatever would be there without us.
install -m 755 "$bins/pos-sim" /usr/local/bin/
mkdir -p /usr/lib/lab && cp guest/*.sh guest/*.py /usr/lib/lab/ && chmod 755 /usr/lib/lab/*
groupadd -f payment
cp guest/*.service /etc/systemd/system/
printf '#!/bin/sh\n# The payment application.\nwhile :; do sleep 600; done\n' >/usr/local/bin/payment-app
chmod 755 /usr/local/bin/payment-app
# Two systems for RAUC; which of them runs is the loader's word.
mkdir -p /etc/rauc /etc/systemd/system/rauc.service.d
cp guest/bundles.pem /etc/rauc/keyring.pem
cat >/etc/rauc/system.conf <<'X'
[system]
compatible=pos-lab
bootloader=custom
statusfile=/var/lib/lab/rauc.status
bundle-formats=plain verity
[keyring]
path=/etc/rauc/keyring.pem
[handlers]
bootloader-custom-backend=/usr/lib/lab/slots.sh
[slot.rootfs.0]
device=/var/lib/lab/A.img
type=raw
bootname=A
[slot.rootfs.1]
device=/var/lib/lab/B.img
type=raw
bootname=B
X
cat >/etc/systemd/system/rauc.service.d/lab.conf <<'X'
[Service]
ExecStart=
ExecStart=/bin/sh -c 'exec rauc --override-boot-slot="$(cat /run/lab-slot)" --mount=/run/rauc service'
X
/usr/lib/lab/slots.sh lay
systemctl daemon-reload
systemctl enable --quiet --now lab-slots.service lab-world.service payment.service

scripts/install --binary "$bins/pos-console" --unit payment.service
cat >/etc/pos-console/pos-console.toml <<'X'
[terminal]
tid = "12345678"
mid = "898000000000001"
[support]
phone = "000-000-0000"
[[source]]
name = "payment-app"
path = "/srv/pos/journal.jsonl"
profile = "unionpay"
[[host]]
name = "primary"
address = "acquirer.test:6000"
tls = true
server_name = "acquirer.example"
ca_file = "/srv/pos/ca.pem"
echo = {}
[network]
interfaces = ["wlan0"]
[clock]
servers = ["198.51.100.123"]
[system]
units = ["payment.service"]
[app]
process = "payment-app"
unit = "payment.service"
# The machine is several times slower than a real one.
[checks]
rate = 0.2
[actions]
app_unit = "payment.service"
X
[[ ! -d /sys/class/power_supply/test_battery ]] || printf '[power]\nbattery = true\n' >>/etc/pos-console/pos-console.toml
mkdir -p /etc/systemd/system/pos-console-agent.service.d
printf '[Service]\nSupplementaryGroups=payment\n' >/etc/systemd/system/pos-console-agent.service.d/journal.conf
systemctl daemon-reload
pos-console config check
systemctl restart pos-console-agent.service

# A technician, the shop, and two that have nothing but the console: by their login shell, by sshd.
person() { # NAME SHELL GROUPS
    id "$1" >/dev/null 2>&1 || useradd -m -s "$2" -G "$3" "$1"
    install -d -m 700 -o "$1" -g "$1" "/home/$1/.ssh"
    install -m 600 -o "$1" -g "$1" /root/.ssh/authorized_keys "/home/$1/.ssh/"
}
person tech /bin/bash pos-viewer,pos-technician
person shop /bin/bash pos-viewer,pos-merchant
person nobodys /bin/bash users
person menu /usr/bin/pos-console pos-viewer,pos-merchant
person forced /bin/bash pos-viewer,pos-merchant
printf 'Match User forced\n  ForceCommand /usr/bin/pos-console --kiosk\n' >/etc/ssh/sshd_config.d/forced.conf
systemctl reload ssh

# Whole: the shop's Wi-Fi, the first sale, the agent.
. /usr/lib/lab/world.sh
# A handshake that took too long on a machine this slow looks like a wrong password, after which nobody tries again.
on_wifi() { ip -4 -br addr show wlan0 | grep -q 192.0.2.; }
wait_for 60 'the Wi-Fi' on_wifi || { back_on_wifi; wait_for 60 'the Wi-Fi' on_wifi; }
wait_for 60 'the journal' test -s /srv/pos/journal.jsonl
wait_for 60 'the agent' test -S /run/pos-console/agent.sock
wait_for 60 'the time' chronyc -n waitsync 1 0 0 1
