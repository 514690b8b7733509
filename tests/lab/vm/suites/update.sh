#!/usr/bin/env bash
# 72 INSTALL with a real RAUC and a power cut: while the new system is written, and while it is on trial after its first
# start. Afterwards the boot loader must name a whole system, and the console must say which one runs.
# usage: update.sh [installing|proving ...]
set -uo pipefail
. "$(dirname "$0")/../vm.sh"
must_run
bundle=$(mktemp -d)
trap 'rm -rf "$bundle"' EXIT
mkdir "$bundle/in"
{ echo version=2.0.0; head -c 15000000 /dev/urandom; printf '\nend=2.0.0\n'; } >"$bundle/in/rootfs.img"
truncate -s 16M "$bundle/in/rootfs.img"
printf '%s\n' '[update]' compatible=pos-lab version=2.0.0 'description=version 2.0.0 of the lab' '[bundle]' format=plain \
    '[image.rootfs]' filename=rootfs.img >"$bundle/in/manifest.raucm"
rauc --cert "$cache/bundles.pem" --key "$cache/bundles.key" bundle "$bundle/in" "$bundle/two.raucb" >"$bundle/log" 2>&1 ||
    die "$(<"$bundle/log")"

slots() { inside '/usr/lib/lab/slots.sh tell'; }
audit() { rows=$(inside 'pos-console audit --json'); }
count() { grep -cE "\"phase\": \"($1)\"" <<<"$rows"; }
# The memory of the trial says this; gone it says nothing.
phase() { inside "grep -qE '\"phase\": ?\"($1)\"' /var/lib/pos-console/update.json"; }
until_() { # SECONDS COMMAND...: as long as the machine may be starting anew
    local until=$((SECONDS + $1))
    shift
    until "$@" 2>/dev/null; do
        ((SECONDS < until)) || return 1
        hang_up
        sleep 1
    done
}
settled() { alone root 'test ! -e /var/lib/pos-console/update.json && test -S /run/pos-console/agent.sock && pos-console guard' >/dev/null 2>&1 </dev/null; }

power_cut() { # installing | proving
    local moment=$1 before now end text began=$SECONDS
    restore
    as root 'cat >/var/lib/lab/stick/two.raucb' <"$bundle/two.raucb"
    inside '. /usr/lib/lab/world.sh; closing'
    inside "mkdir -p /etc/pos-console/conf.d && printf '[update]\nsource = \"/var/lib/lab/stick\"\nhealth_s = 400\nreserve_mb = 1\n' >/etc/pos-console/conf.d/lab.toml &&
        systemctl restart pos-console-agent && . /usr/lib/lab/world.sh && wait_for 60 agent test -S /run/pos-console/agent.sock"
    audit
    before=$(count 'intent')
    alone tech 'for i in 1 2 3; do pos-console --lang en do update-install --yes; rc=$?; [ $rc = 69 ] || exit $rc; sleep 5; done' >"$vm/do" 2>&1 </dev/null &
    local job=$!
    case $moment in
    installing)
        # Written so far that the other slot is neither the old one nor whole.
        inside 'for i in $(seq 1200); do [ "$(cat /var/lib/lab/B)" = bad ] && { sleep .3; exit; }; sleep .05; done; exit 1' ||
            { right "the installation begins" cat_fail "$vm/do"; return; } ;;
    proving) until_ 400 phase proving || { right "it comes to the trial" cat_fail "$vm/do"; return; } ;;
    esac
    cut_power
    kill $job 2>/dev/null
    wait $job 2>/dev/null
    start
    right "$moment: the machine is there again and has decided" until_ 900 settled
    hang_up
    answers 60
    now=($(slots))
    audit
    end=$(grep -oE '"phase": "(done|failed|undone)"' <<<"$rows" | tail -n 1 | cut -d'"' -f4)
    text=$(pc --lang en show 71; pc --lang en show 0; pc --lang en show 00)
    printf '       power cut while %s: ended as %s, runs %s with %s, next start %s with %s, after %s s\n' "$moment" "${end:-nothing}" \
        "${now[@]}" $((SECONDS - began))
    right "$moment: what runs is whole" test "${now[1]}" != broken
    right "$moment: the next start finds a whole system, the same" test "${now[0]} ${now[1]}" = "${now[2]} ${now[3]}"
    local version=1.0.0
    [[ $end != done ]] || version=2.0.0
    right "$moment: what was said of the end is what runs" test "${now[1]}" = $version
    right "$moment: 71 and HOME say what runs" grep -qF $version <<<"$text"
    right "$moment: begun once, ended once" test "$(($(count intent) - before)) $(count 'done|failed|undone')" = "1 $((before + 1))"
    right "$moment: the audit is whole" inside 'pos-console audit verify'
    ((wrong == 0)) || { echo "$text"; tail -n 5 "$vm/do"; } | sed 's/^/       | /'
}
cat_fail() { tail -n 8 "$1"; return 1; }
moments=("$@")
(($#)) || moments=(installing proving)
for moment in "${moments[@]}"; do power_cut "$moment"; done
figures update
