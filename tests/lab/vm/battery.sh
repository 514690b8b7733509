#!/usr/bin/env bash
# A battery that says what it is told (test_power) for a kernel of Debian's, built from its source.
# usage: battery.sh KERNEL FOLDER MODULE
set -euo pipefail
kernel=$1 work=$2 module=$3
version=$(cut -d. -f1,2 <<<"$kernel")
mkdir -p "$work/module" && cd "$work"
apt-get -q download "linux-source-$version" "linux-headers-$kernel" "linux-headers-${kernel%-*}-common" \
    "linux-kbuild-$version"
for deb in linux-headers-*.deb linux-kbuild-*.deb; do dpkg-deb -x "$deb" .; done
dpkg-deb --fsys-tarfile linux-source-*.deb | tar -xO "./usr/src/linux-source-$version.tar.xz" |
    tar -xJO "linux-source-$version/drivers/power/supply/test_power.c" >module/test_power.c
# They name each other by their places in a machine where they are installed.
find usr/src -maxdepth 2 \( -name Makefile -o -name .kernelvariables \) -exec sed -i "s#/usr/src/#$work/usr/src/#g" {} +
echo 'obj-m := test_power.o' >module/Makefile
make -s -C "usr/src/linux-headers-$kernel" M="$work/module" modules
cp module/test_power.ko "$module"
