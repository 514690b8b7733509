#!/bin/sh
# Two systems in files, and the boot loader that chooses between them: what RAUC asks of one (get-primary, set-primary,
# get-state, set-state), and `start`, which a start of the machine begins with. The machine itself runs from neither;
# what counts is which one the loader would start, and whether that one is whole.
d=/var/lib/lab
# Whole or not at all, whenever the power goes.
keep() { cat >"$d/$1.new" && sync "$d/$1.new" && mv "$d/$1.new" "$d/$1" && sync "$d"; }
system() { # VERSION FILE: its first line says which one it is, its last that it is whole
    { echo "version=$1"; head -c 15000000 /dev/zero; printf '\nend=%s\n' "$1"; } >"$2"
    truncate -s 16M "$2"
    sync "$2"
}
next() {
    next=$(cat $d/next)
    [ "$(cat "$d/$next")" = good ] || case $next in A) next=B ;; *) next=A ;; esac
    echo "$next"
}
holds() { # SLOT: the version in it
    version=$(head -c 64 "$d/$1.img" | head -n 1 | tr -d '\0')
    if grep -aqx "end=${version#version=}" "$d/$1.img"; then echo "${version#version=}"; else echo broken; fi
}
case $1 in
lay)
    mkdir -p $d/stick
    system 1.0.0 $d/A.img && system 0.9.0 $d/B.img
    for slot in A B; do echo good | keep $slot; done
    echo A | keep next
    "$0" start
    ;;
start)
    next >/run/lab-slot
    cat /usr/lib/os-release >/etc/os-release.new
    echo "IMAGE_VERSION=$(holds "$(cat /run/lab-slot)")" >>/etc/os-release.new
    mv /etc/os-release.new /etc/os-release
    ;;
get-primary) cat $d/next ;;
set-primary) echo good | keep "$2" && echo "$2" | keep next ;;
get-state) cat "$d/$2" ;;
set-state) echo "$3" | keep "$2" ;;
# For the suite: the slot that runs and what it holds, the one that would be started and what it holds.
tell) echo "$(cat /run/lab-slot) $(holds "$(cat /run/lab-slot)") $(next) $(holds "$(next)")" ;;
esac
