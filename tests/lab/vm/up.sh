#!/usr/bin/env bash
# Brings the VM terminal up: image, first start, the console installed as on any terminal. What was done once is loaded
# again in seconds.
set -euo pipefail
. "$(dirname "$0")/vm.sh"
# A development build is too slow there for its own time limits.
bins=${POS_LAB_BIN:-$top/target/release}
[[ -n ${POS_LAB_BIN:-} ]] || (cd "$top" && cargo build --locked --release --quiet --bins)
for file in pos-console pos-sim; do [[ -x $bins/$file ]] || die "$bins/$file is missing"; done

image=$("$here/build.sh" "$cache")
mkdir -p "$vm" && chmod 700 "$vm"
if [[ $(cat "$vm/image" 2>/dev/null) != "$image" ]]; then
    cut_power
    rm -f "$vm"/*
    cp "$image"/{vmlinuz,initrd.gz} "$vm/"
    qemu-img create -q -f qcow2 -b "$image/base.qcow2" -F qcow2 "$vm/disk.qcow2"
    echo "$image" >"$vm/image"
fi

# What is put into it.
goods=$(mktemp -d)
trap 'rm -rf "$goods"' EXIT
mkdir -p "$goods"/{config,scripts,target}
cp -r "$top"/config/{systemd,polkit,dbus} "$goods/config/"
cp "$top/scripts/install" "$goods/scripts/"
cp -r "$here/guest" "$goods/"
# Who may sign bundles for it.
[[ -f $cache/bundles.pem ]] || openssl req -x509 -newkey rsa:2048 -nodes -keyout "$cache/bundles.key" \
    -out "$cache/bundles.pem" -subj /CN=lab -days 3650 2>/dev/null
cp "$cache/bundles.pem" "$goods/guest/"
for file in pos-console pos-sim; do strip -o "$goods/target/$file" "$bins/$file"; done
want=$(cd "$goods" && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
if [[ $(cat "$vm/ready" 2>/dev/null) == "$want" ]]; then
    began=$EPOCHREALTIME
    restore
    say "up in $(since "$began") s, as installed"
    exit
fi
rm -f "$vm/ready"
began=$EPOCHREALTIME
if [[ -e $vm/booted ]]; then
    hang_up
    if runs; then monitor loadvm booted || die "the state after the start is gone"; else start booted; fi
    answers 60 || die "no answer"
    say "as started, in $(since "$began") s"
else
    cut_power
    start
    answers 900 || die "no answer within 15 minutes ($vm/serial.log)"
    # What starts late must not be taken along half done.
    inside 'systemctl is-system-running --wait' || inside 'systemctl --failed --no-legend' >&2 || true
    say "started in $(since "$began") s"
    hang_up
    monitor savevm booted && touch "$vm/booted"
fi
began=$EPOCHREALTIME
tar -C "$goods" -cf - . | as root 'rm -rf /root/goods && mkdir /root/goods && tar -C /root/goods -xmf -'
inside "date -s @$(date +%s) >/dev/null; bash /root/goods/guest/setup.sh" >&2 || die "the console could not be installed"
say "installed in $(since "$began") s"
hang_up
began=$EPOCHREALTIME
monitor delvm ready >/dev/null || true
monitor savevm ready && echo "$want" >"$vm/ready"
answers 60
say "up; its state was kept in $(since "$began") s"
