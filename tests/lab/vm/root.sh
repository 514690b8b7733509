#!/usr/bin/env bash
# Makes a terminal of a root folder of plain Debian packages. usage: root.sh ROOT PUBLIC-KEY
set -euo pipefail
root=$1 key=$2
put() { install -D -m "$1" /dev/stdin "$root$2"; }

echo terminal | put 644 /etc/hostname
echo '127.0.0.1 localhost terminal' | put 644 /etc/hosts
echo '/dev/vda / ext4 rw,noatime 0 1' | put 644 /etc/fstab
: | put 644 /etc/resolv.conf
# A new one for each terminal, made at its first start.
: | put 444 /etc/machine-id

put 600 /root/.ssh/authorized_keys <"$key"
rm -f "$root"/etc/ssh/ssh_host_*
ssh-keygen -q -t ed25519 -N '' -C terminal -f "$root/etc/ssh/ssh_host_ed25519_key"
printf 'UseDNS no\nPrintMotd no\nPrintLastLog no\n' | put 644 /etc/ssh/sshd_config.d/lab.conf

# Interfaces keep the kernel's names: eth0 is the way in from the host, wlan0 the shop's Wi-Fi.
ln -sf /dev/null "$root/etc/systemd/network/99-default.link"
put 600 /etc/NetworkManager/system-connections/service.nmconnection <<'X'
[connection]
id=service
type=ethernet
interface-name=eth0
[ipv4]
method=manual
address1=10.0.2.15/24
gateway=10.0.2.2
never-default=true
[ipv6]
method=disabled
X
put 600 /etc/NetworkManager/system-connections/shop.nmconnection <<'X'
[connection]
id=shop
type=wifi
interface-name=wlan0
[wifi]
ssid=SHOP-POS
[wifi-security]
key-mgmt=wpa-psk
psk=shop-password
[ipv4]
method=auto
[ipv6]
method=disabled
X
put 644 /etc/NetworkManager/conf.d/lab.conf <<'X'
[main]
plugins=keyfile
[connectivity]
enabled=false
[keyfile]
unmanaged-devices=interface-name:wlan1;interface-name:way*;interface-name:wire*
[device]
wifi.scan-rand-mac-address=no
X
put 644 /etc/chrony/chrony.conf <<'X'
server 198.51.100.123 iburst minpoll 4 maxpoll 5
makestep 1 3
driftfile /var/lib/chrony/drift
rtcsync
X
printf '[Journal]\nStorage=persistent\nSystemMaxUse=24M\n' | put 644 /etc/systemd/journald.conf.d/lab.conf

# Nothing is ifupdown's until a suite says so.
echo 'auto lo' | put 644 /etc/network/interfaces

unit() { systemctl --quiet --root "$root" "$@" 2>/dev/null || true; }
unit disable apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
    dpkg-db-backup.timer systemd-timesyncd.service ModemManager.service nftables.service
unit mask systemd-networkd.service NetworkManager-wait-online.service hostapd.service systemd-networkd-wait-online.service \
    ifupdown-pre.service
unit enable NetworkManager.service ssh.service chrony.service pcscd.socket serial-getty@ttyS0.service
# Nothing of the machine that built it.
rm -rf "$root"/etc/apt/{sources.list,sources.list.d/*,apt.conf.d/99*,auth.conf.d/*} "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
