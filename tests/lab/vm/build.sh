#!/usr/bin/env bash
# Builds the VM terminal: a root of Debian 12 packages, the modules of its kernel that a terminal needs, a disk image.
# Built once for the same inputs; prints the folder of the image.    usage: build.sh CACHE
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd) cache=$1 release=bookworm
say() { echo "lab: $*" >&2; }

for tool in mmdebstrap qemu-img mkfs.ext4 depmod cpio make; do
    command -v $tool >/dev/null || { say "$tool is missing"; exit 69; }
done
[[ $EUID == 0 ]] || { say "a root of Debian packages is built by root"; exit 77; }
mkdir -p "$cache" && chmod 755 "$cache"
newest() { apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/.*Depends: linux-image-//p' | head -n 1; }
kernel=$(newest)
[[ -n $kernel ]] || { apt-get -q update >&2; kernel=$(newest); }
[[ -n $kernel ]] || { say "apt knows no linux-image-amd64 (apt-get update)"; exit 69; }
[[ -f $cache/key ]] || ssh-keygen -q -t ed25519 -N '' -C lab -f "$cache/key"
sum() { cat "$@" | sha256sum | cut -c1-12; }
image=$cache/image-$(cat "$here"/{packages,modules,root.sh,build.sh,battery.sh} "$cache/key.pub" <(echo "$kernel") | sum)
[[ ! -f $image/base.qcow2 ]] || { echo "$image"; exit; }

# Whatever stands half built is in a folder that goes.
work=$(mktemp -d "$cache/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
began=$SECONDS
root=$work/root base=$cache/root-$(sum "$here/packages").tar
if [[ ! -f $base ]]; then
    say "packages (minutes)"
    # From where this machine itself takes its packages.
    mapfile -t sources < <(grep -ls "$release" /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources})
    mmdebstrap --mode=root --variant=minbase --format=tar --quiet \
        --include="$(tr -s ' \n' ',' <"$here/packages" | sed 's/,$//')" \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' --aptopt='Acquire::Languages "none"' \
        "$release" "$work/root.tar" "${sources[@]}" >&2
    mv "$work/root.tar" "$base"
fi
mkdir "$root"
tar -C "$root" -xpf "$base" --numeric-owner --xattrs --exclude='./dev/*'

say "kernel $kernel"
(cd "$work" && apt-get -q download "linux-image-$kernel" >/dev/null 2>&1 && dpkg-deb -x linux-image-*.deb kernel)
depmod -b "$work/kernel" "$kernel"
# The files of some modules and of all that they need, in the order of loading.
modules() {
    local name
    for name in "$@"; do
        modprobe -d "$work/kernel" -S "$kernel" --show-depends "$name" 2>/dev/null || say "no module $name"
    done | awk '$1 == "insmod" && !seen[$2]++ {print $2}'
}
for file in $(modules $(<"$here/modules")); do
    install -D -m 644 "$file" "$root/lib/modules/$kernel/${file#*/lib/modules/"$kernel"/}"
done
cp "$work/kernel/lib/modules/$kernel"/modules.{order,builtin,builtin.modinfo} "$root/lib/modules/$kernel/"

# Off in Debian's kernels, so it is built from their source.
battery=$cache/test_power-$kernel.ko
[[ -f $battery ]] || "$here/battery.sh" "$kernel" "$work/headers" "$battery" >"$cache/battery.log" 2>&1 ||
    say "no test_power: the battery is left out ($cache/battery.log)"
[[ ! -f $battery ]] || install -D -m 644 "$battery" "$root/lib/modules/$kernel/extra/test_power.ko"
depmod -b "$root" "$kernel"

"$here/root.sh" "$root" "$cache/key.pub"

# The smallest that finds the disk.
start=$work/initrd
mkdir -p "$start"/{bin,proc,sys,dev,root,mods}
cp "$root/bin/busybox" "$start/bin/"
for file in $(modules virtio_pci virtio_blk ext4 crc32c_generic); do
    cp "$file" "$start/mods/" && basename "$file" >>"$start/mods/order"
done
cat >"$start/init" <<'I'
#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc p /proc; $b mount -t sysfs s /sys; $b mount -t devtmpfs d /dev
while read m; do $b insmod /mods/$m; done </mods/order
n=0; while [ ! -b /dev/vda ] && [ $n -lt 200 ]; do $b sleep 0.05; n=$((n + 1)); done
$b mount -t ext4 -o rw /dev/vda /root || $b poweroff -f
$b umount /proc; $b umount /sys; $b mount -o move /dev /root/dev
exec $b switch_root /root /sbin/init
I
chmod 755 "$start/init"
(cd "$start" && find . | cpio -o -H newc --quiet | gzip) >"$work/initrd.gz"

say "disk"
truncate -s 1800M "$work/disk.img"
mkfs.ext4 -q -F -L terminal -d "$root" "$work/disk.img"
mkdir "$work/image"
qemu-img convert -f raw -O qcow2 "$work/disk.img" "$work/image/base.qcow2"
cp "$work/kernel/boot/vmlinuz-$kernel" "$work/image/vmlinuz"
mv "$work/initrd.gz" "$work/image/"
mv "$work/image" "$image"
say "built in $((SECONDS - began)) s, $(du -sm "$image" | cut -f1) MB"
echo "$image"
