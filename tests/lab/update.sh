#!/usr/bin/env bash
# 72 INSTALL and its trial with a real RAUC and file slots, in namespaces: bundles good, damaged and broken off, versions
# that do not work, and moments at which agent, RAUC or the whole terminal is killed. After each the boot loader must
# name a slot that holds a whole system, and the console must say what is true.
#
#   tests/lab/update.sh MOMENTS [SEED] [CASE]
#
# Needs root (namespaces), rauc, dbus-daemon, gdbus, openssl. Touches nothing outside its namespaces.
set -uo pipefail
moments=${1:-20} seed=${2:-$RANDOM} only=${3:-}
here=$(cd "$(dirname "$0")/../.." && pwd)
bin=${POS_CONSOLE:-$here/target/debug/pos-console}

for tool in rauc mksquashfs dbus-daemon gdbus openssl unshare; do
    PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null || { echo "lab: $tool is missing"; exit 69; }
done
[[ $EUID == 0 ]] || { echo "lab: namespaces need root"; exit 77; }
[[ -x $bin ]] || { echo "lab: $bin is missing: cargo build"; exit 69; }

if [[ ${POS_LAB_INSIDE:-} != 1 ]]; then
    export POS_LAB_INSIDE=1
    exec unshare --net --mount --pid --fork --kill-child --mount-proc bash "$0" "$moments" "$seed" "$only"
fi

RANDOM=$seed
lab=/run/lab bad=0 done=0 why=''
say() { printf 'lab: %s\n' "$*"; }

# A boot loader of five verbs: which slot is next, which are good. The terminal starts from what is next, if it is good.
loader() {
    cat >$lab/loader <<'END'
#!/bin/sh
d=/run/lab/loader.d
case $1 in
get-primary) cat $d/next ;;
set-primary) echo "$2" >$d/next.new && mv $d/next.new $d/next && echo good >$d/$2 ;;
get-state) cat $d/$2 ;;
set-state) echo "$3" >$d/$2 ;;
get-current) cat $d/runs ;;
esac
END
    chmod +x $lab/loader
    mkdir -p $lab/loader.d
    echo A >$lab/loader.d/next
    echo A >$lab/loader.d/runs
    echo good >$lab/loader.d/A
    echo good >$lab/loader.d/B
}

# A system: its first line says which version it is, its last that it is whole.
image() { # VERSION FILE
    { echo "version=$1"; head -c 15000000 /dev/urandom; printf '\nend=%s\n' "$1"; } >"$2"
    truncate -s 16M "$2"
}

bundle() { # VERSION FILE
    rm -rf $lab/b && mkdir $lab/b
    image "$1" $lab/b/rootfs.img
    printf '[update]\ncompatible=pos-lab\nversion=%s\ndescription=version %s of the lab\n[bundle]\nformat=plain\n[image.rootfs]\nfilename=rootfs.img\n' \
        "$1" "$1" >$lab/b/manifest.raucm
    rm -f "$2"
    rauc --cert $lab/c.pem --key $lab/k.pem bundle $lab/b "$2" >$lab/bundle.log 2>&1 || { cat $lab/bundle.log; exit 1; }
}

lay() {
    mount --make-rprivate /
    mount -t tmpfs t /run
    mkdir -p $lab/slots $lab/mnt $lab/stick
    ip link set lo up 2>/dev/null
    openssl req -x509 -newkey rsa:2048 -nodes -keyout $lab/k.pem -out $lab/c.pem -subj /CN=lab -days 3650 2>/dev/null
    cat >$lab/system.conf <<END
[system]
compatible=pos-lab
bootloader=custom
statusfile=$lab/status
mountprefix=$lab/mnt
bundle-formats=plain verity
[keyring]
path=$lab/c.pem
[handlers]
bootloader-custom-backend=$lab/loader
[slot.rootfs.0]
device=$lab/slots/a.img
type=raw
bootname=A
[slot.rootfs.1]
device=$lab/slots/b.img
type=raw
bootname=B
END
    cat >$lab/bus.conf <<END
<busconfig><type>system</type><listen>unix:path=$lab/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
<include>$here/config/dbus/pos-console-rauc.conf</include></busconfig>
END
    export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$lab/bus
    dbus-daemon --config-file=$lab/bus.conf --nofork --nopidfile --nosyslog 2>/dev/null &
    disown
    until [[ -S $lab/bus ]]; do sleep .05; done
    # Each start of the terminal has a name of its own.
    cat /proc/sys/kernel/random/boot_id >$lab/boot_id
    mount --bind $lab/boot_id /proc/sys/kernel/random/boot_id
    printf 'NAME=lab\nIMAGE_VERSION=1.0.0\n' >$lab/os-release
    mount --bind $lab/os-release "$(readlink -f /etc/os-release)"
    # The application: well as long as nobody says otherwise of the slot that runs.
    printf '#!/bin/sh\n[ ! -e /run/lab/sick.$(cat /run/lab/loader.d/runs) ]\n' >$lab/well
    printf '#!/bin/sh\n: >/run/lab/restart\n' >$lab/restarts
    chmod +x $lab/well $lab/restarts
    cat >$lab/pos-console.toml <<END
[update]
source = "$lab/stick"
health_s = 12
reserve_mb = 1
[actions]
app_healthy = ["$lab/well"]
reboot_command = ["$lab/restarts"]
END
    bundle 2.0.0 $lab/two.raucb
    cp $lab/two.raucb $lab/damaged.raucb
    printf '\377\376\375' | dd of=$lab/damaged.raucb bs=1 seek=900000 conv=notrunc 2>/dev/null
    head -c 2000000 $lab/two.raucb >$lab/short.raucb
}

# Both slots as on the first day: A runs 1.0.0, B holds an older system.
fresh() {
    stop_agent
    stop_rauc
    rm -rf $lab/state $lab/status $lab/restart $lab/sick.* $lab/stick/*
    : >$lab/do.log
    loader
    image 1.0.0 $lab/slots/a.img
    image 0.9.0 $lab/slots/b.img
    start_rauc
    start_agent
}

start_rauc() {
    rauc --override-boot-slot="$(cat $lab/loader.d/runs)" -c $lab/system.conf service >>$lab/rauc.log 2>&1 &
    echo $! >$lab/rauc.pid
    disown
    local i
    for i in {1..100}; do
        gdbus call --system -d de.pengutronix.rauc -o / -m de.pengutronix.rauc.Installer.GetPrimary >/dev/null 2>&1 && return
        sleep .05
    done
}
start_agent() {
    rm -f $lab/state/agent.sock
    "$bin" --config $lab/pos-console.toml --state-dir $lab/state agent >>$lab/agent.log 2>&1 </dev/null &
    echo $! >$lab/agent.pid
    disown
    local i
    for i in {1..400}; do [[ -S $lab/state/agent.sock ]] && break; sleep .05; done
}
stop_rauc() { kill_it $lab/rauc.pid; }
stop_agent() { kill_it $lab/agent.pid; }
kill_it() {
    [[ -s $1 ]] || return 0
    local pid
    pid=$(cat "$1")
    kill -9 "$pid" 2>/dev/null
    while kill -0 "$pid" 2>/dev/null; do sleep .02; done
    rm -f "$1"
}

# The slot that the boot loader starts: the next one if it is good, else the other.
starts() {
    local next
    next=$(cat $lab/loader.d/next)
    [[ $(cat "$lab/loader.d/$next") == good ]] || { [[ $next == A ]] && next=B || next=A; }
    echo "$next"
}
# The terminal goes down, however it was at work, and comes up again.
power() {
    stop_agent
    stop_rauc
    rm -f $lab/restart
    starts >$lab/runs.new && cp $lab/runs.new $lab/loader.d/runs
    cat /proc/sys/kernel/random/uuid >$lab/boot_id
    start_rauc
    start_agent
}

pc() { timeout 120 "$bin" --config $lab/pos-console.toml --state-dir $lab/state --lang en "$@" </dev/null; }
order() { pc do "$@" --yes >$lab/do.log 2>&1 & }
runs() { cat $lab/loader.d/runs; }
# The version in a slot, if it is whole.
holds() {
    local file=$lab/slots/${1,,}.img first
    first=$(head -c 64 "$file" | head -n 1 | tr -d '\0')
    if grep -aqx "end=${first#version=}" "$file"; then echo "${first#version=}"; else echo broken; fi
}
# Until nothing is under way; the terminal starts anew whenever it is told to.
settle() {
    local i
    for ((i = 0; i < 900; i++)); do
        [[ ! -e $lab/restart ]] || power
        [[ -e $lab/state/update.json ]] || { [[ ! -e $lab/restart ]] && return 0; }
        sleep .1
    done
    why+=' never ends'
}
# Until it has begun, or was refused.
begun() {
    local i
    for ((i = 0; i < 300; i++)); do
        [[ ! -e $lab/state/update.json && ! -e $lab/restart ]] || return
        jobs -r %% >/dev/null 2>&1 || return
        sleep .05
    done
}

# What must hold whatever happened.
truths() {
    [[ $(holds "$(starts)") != broken ]] || why+=' the next start finds a broken system'
    [[ $(holds "$(runs)") != broken ]] || why+=' what runs is broken'
    pc audit verify >/dev/null || why+=' audit broken'
    pc audit --json >$lab/audit.json
    local began ended
    began=$(grep -c '"phase": "intent"' $lab/audit.json)
    ended=$(grep -cE '"phase": "(done|failed|undone)"' $lab/audit.json)
    ((began == ended)) || why+=" $began begun, $ended ended"
}
last() { grep -oE '"phase": "(done|failed|undone)"' $lab/audit.json | tail -1 | cut -d'"' -f4; }
said() { pc show 00 | tr '\n' ' '; }

verdict() { # NAME PHASE SLOT VERSION WORDS...
    local name=$1 phase=$2 slot=$3 version=$4 text word
    shift 4
    truths
    [[ $(last) == "$phase" ]] || why+=" ended as $(last), not $phase"
    [[ $(runs) == "$slot" && $(holds "$(runs)") == "$version" ]] || why+=" runs $(runs) $(holds "$(runs)")"
    text=$(said)
    for word; do [[ $text == *"$word"* ]] || why+=" does not say: $word"; done
    report "$name"
}

report() {
    done=$((done + 1))
    printf '%-52s %s\n' "$1" "${why:-as it must be}"
    if [[ -n $why ]]; then
        bad=$((bad + 1))
        said | fold -w 110 | sed 's/^/      | /'
        tail -6 $lab/do.log | sed 's/^/      | /'
        grep -E '"(phase|detail)"' $lab/audit.json | tail -6 | sed 's/^/      | /'
    fi
    why=''
}

case_good() {
    cp $lab/two.raucb $lab/stick/
    order update-install
    begun
    settle
    verdict 'a good bundle' done B 2.0.0 '2.0.0 runs'
    order update-rollback --reason broken
    begun
    settle
    verdict 'and back by hand' done A 1.0.0 'runs again'
}
refused() { # NAME FILE: nothing is begun, and both slots are as they were
    local before
    before=$(cat $lab/slots/*.img | sha256sum)
    cp "$2" $lab/stick/
    pc do update-install --yes >$lab/do.log 2>&1 && why+=' it was done'
    [[ $(cat $lab/slots/*.img | sha256sum) == "$before" ]] || why+=' slots were touched'
    [[ $(cat $lab/loader.d/next) == A ]] || why+=' the boot loader was touched'
    grep -q 'signature does not pass' $lab/do.log || why+=' does not say why'
    truths
    report "$1"
}
# What the gate has time for.
case_gate() {
    case_damaged
    rm -f $lab/stick/*
    cp $lab/two.raucb $lab/stick/
    order update-install
    begun
    settle
    verdict 'a good bundle' done B 2.0.0 '2.0.0 runs'
}
case_damaged() { refused 'a damaged bundle' $lab/damaged.raucb; }
case_short() { refused 'a bundle that broke off' $lab/short.raucb; }
case_sick() {
    : >$lab/sick.B
    cp $lab/two.raucb $lab/stick/
    order update-install
    begun
    settle
    verdict 'a version that does not work' undone A 1.0.0 '1.0.0 is back' 'money can be taken'
    order update-install
    begun
    settle
    verdict 'the same once more' undone A 1.0.0 'failed 2 times'
    # A shop may not try a third time; root is a technician, who is asked.
    pc do update-install --plan >$lab/do.log 2>&1
    grep -q 'failed too often' $lab/do.log || why+=' nobody is asked'
    report 'a third time asks a technician'
}
case_dead() {
    # The new system does not come up at all: the boot loader goes back by itself.
    cp $lab/two.raucb $lab/stick/
    order update-install
    local i
    for ((i = 0; i < 600; i++)); do [[ ! -e $lab/restart ]] || break; sleep .1; done
    echo bad >$lab/loader.d/B
    power
    settle
    verdict 'a version that does not start' undone A 1.0.0 'did not start'
}
case_rights() {
    # Whoever is neither root nor the agent's account may not even ask; RAUC's own policy would let them install.
    local ask=(gdbus call --system -d de.pengutronix.rauc -o / -m de.pengutronix.rauc.Installer.GetPrimary)
    "${ask[@]}" >/dev/null 2>&1 || why+=' root may not'
    setpriv --reuid nobody --clear-groups "${ask[@]}" >$lab/do.log 2>&1 && why+=' anybody may'
    grep -q AccessDenied $lab/do.log || why+=' refused for another reason'
    : >$lab/audit.json
    report 'only root and the agent command RAUC'
}

# Bundles of a site's command: over http, signed with minisign; the "system" is a file.
case_command() {
    command -v minisign >/dev/null && command -v python3 >/dev/null || { say 'skipped: no minisign or python3'; return; }
    stop_agent
    minisign -G -W -f -p $lab/m.pub -s $lab/m.key >/dev/null
    rm -rf $lab/web && mkdir $lab/web
    printf '#!/bin/sh\ncp /run/lab/system /run/lab/system.old && cp "$1" /run/lab/system\n' >$lab/puts
    printf '#!/bin/sh\ncp /run/lab/system.old /run/lab/system\n' >$lab/returns
    printf '#!/bin/sh\n! grep -q sick /run/lab/system\n' >$lab/fine
    chmod +x $lab/puts $lab/returns $lab/fine
    local port=$((20000 + RANDOM % 20000)) web
    python3 -m http.server --bind 127.0.0.1 --directory $lab/web $port >/dev/null 2>&1 &
    web=$!
    cat >$lab/command.toml <<END
[update]
source = "http://127.0.0.1:$port/update.toml"
key = "$(sed -n 2p $lab/m.pub)"
version_command = ["head", "-n", "1", "$lab/system"]
install_command = ["$lab/puts"]
rollback_command = ["$lab/returns"]
backend = "command"
health_s = 10
reserve_mb = 1
[actions]
app_healthy = ["$lab/fine"]
END
    echo 1.0 >$lab/system
    offer() { # VERSION MORE
        { echo "$1"; echo "$2"; head -c 300000 /dev/urandom; } >$lab/web/system
        minisign -S -H -s $lab/m.key -m $lab/web/system -t "version:$1" >/dev/null
        printf 'version = "%s"\nbundle = "system"\nsize = %s\nsha256 = "%s"\n[notes]\nen = "better"\nzh = "better"\n' \
            "$1" "$(stat -c %s $lab/web/system)" "$(sha256sum <$lab/web/system | cut -d' ' -f1)" >$lab/web/update.toml
    }
    local conf=$lab/pos-console.toml
    cp $conf $lab/rauc.toml && cp $lab/command.toml $conf
    rm -rf $lab/state
    start_agent
    local i
    for i in {1..200}; do (: <>/dev/tcp/127.0.0.1/$port) 2>/dev/null && break; sleep .05; done
    offer 2.0 well
    pc do update-install --yes >$lab/do.log 2>&1 && why+=' installed what nobody had asked for'
    pc do update-check --yes >>$lab/do.log 2>&1 || why+=' the server is not understood'
    pc do update-install --yes >>$lab/do.log 2>&1 || why+=' not installed'
    [[ $(head -n 1 $lab/system) == 2.0 ]] || why+=" runs $(head -n 1 $lab/system)"
    truths_of_audit; report 'a signed bundle over http'
    offer 3.0 sick
    pc do update-check --yes >$lab/do.log 2>&1
    pc do update-install --yes >>$lab/do.log 2>&1 && why+=' a sick one stayed'
    [[ $(head -n 1 $lab/system) == 2.0 ]] || why+=" runs $(head -n 1 $lab/system)"
    truths_of_audit; report 'a sick one goes back by the command'
    offer 4.0 well
    pc do update-check --yes >$lab/do.log 2>&1
    printf x >>$lab/web/system
    pc do update-install --yes >>$lab/do.log 2>&1 && why+=' a changed one was installed'
    offer 4.0 well
    sed -i 's/RU/RV/' $lab/web/system.minisig
    pc do update-check --yes >>$lab/do.log 2>&1
    pc do update-install --yes >>$lab/do.log 2>&1 && why+=' one with a broken signature was installed'
    [[ $(head -n 1 $lab/system) == 2.0 ]] || why+=" runs $(head -n 1 $lab/system)"
    truths_of_audit; report 'neither a changed nor a badly signed one'
    kill $web
    stop_agent
    cp $lab/rauc.toml $conf
}
truths_of_audit() {
    pc audit verify >/dev/null || why+=' audit broken'
    pc audit --json >$lab/audit.json
    [[ ! -e $lab/state/update.json ]] || why+=' something is still under way'
}

# Packages by a real apt, from a signed repository in a folder, with a copy of dpkg's database.
case_apt() {
    for tool in apt-get dpkg-deb gpg; do command -v $tool >/dev/null || { say "skipped: no $tool"; return; }; done
    stop_agent
    mkdir -p $lab/dpkg $lab/repo $lab/keys $lab/others
    cp -a /var/lib/dpkg/. $lab/dpkg/ && mount --bind $lab/dpkg /var/lib/dpkg
    local place places='/var/lib/apt /var/cache/apt /etc/apt /var/log /var/lib/pos-console-update'
    mkdir -p /var/lib/pos-console-update
    for place in $places; do mount -t tmpfs t $place; done
    mkdir -p /var/lib/apt/lists/partial /var/cache/apt/archives/partial /var/log/apt /etc/apt/apt.conf.d /etc/apt/preferences.d
    local who
    for who in keys others; do
        chmod 700 $lab/$who
        GNUPGHOME=$lab/$who gpg -q --batch --passphrase '' --quick-gen-key "$who <lab@lab>" ed25519 sign never 2>/dev/null
    done
    GNUPGHOME=$lab/keys gpg -q --export >$lab/key.gpg
    echo "deb [signed-by=$lab/key.gpg] copy:$lab/repo ./" >/etc/apt/sources.list
    publish() { # [WHOSE KEY]
        { echo "Suite: lab"; echo "Date: $(date -uR)"; echo "SHA256:"
            echo " $(sha256sum <$lab/repo/Packages | cut -d' ' -f1) $(stat -c %s $lab/repo/Packages) Packages"; } >$lab/repo/Release
        GNUPGHOME=$lab/${1:-keys} gpg -q --batch --yes --clearsign -o $lab/repo/InRelease $lab/repo/Release
    }
    package() { # VERSION [LINE OF ITS SCRIPT]
        rm -rf $lab/deb && mkdir -p $lab/deb/DEBIAN
        printf 'Package: pos-lab-app\nVersion: %s\nArchitecture: all\nMaintainer: lab <lab@lab>\nDescription: lab\n' "$1" \
            >$lab/deb/DEBIAN/control
        printf '#!/bin/sh\n%s\n' "${2:-true}" >$lab/deb/DEBIAN/postinst && chmod 755 $lab/deb/DEBIAN/postinst
        dpkg-deb -b $lab/deb "$lab/repo/app_$1.deb" >/dev/null
        { cat $lab/deb/DEBIAN/control; printf 'Filename: ./app_%s.deb\nSize: %s\nSHA256: %s\n\n' "$1" \
            "$(stat -c %s "$lab/repo/app_$1.deb")" "$(sha256sum <"$lab/repo/app_$1.deb" | cut -d' ' -f1)"; } >>$lab/repo/Packages
        publish
    }
    package 1.0
    dpkg -i $lab/repo/app_1.0.deb >/dev/null 2>&1
    local conf=$lab/pos-console.toml
    cp $conf $lab/rauc.toml
    cat >$conf <<END
[update]
backend = "apt"
packages = ["pos-lab-app"]
restart = "never"
health_s = 10
reserve_mb = 1
[actions]
app_healthy = ["$lab/fine"]
END
    printf '#!/bin/sh\n[ ! -e /run/lab/sick.apt ]\n' >$lab/fine
    chmod +x $lab/fine
    rm -rf $lab/state
    start_agent
    installed() { dpkg-query -W -f '${Version}' pos-lab-app; }
    stays() { # VERSION: it is there, whole
        local has
        has=$(dpkg-query -W -f '${Version} ${Status}' pos-lab-app)
        [[ $has == "$1 "*' ok installed' ]] || why+=" has $has"
    }
    lists() { pc do update-check --yes >$lab/do.log 2>&1; }
    upgrade() { pc do update-install --yes >>$lab/do.log 2>&1; }
    pc do update-check --yes >$lab/do.log 2>&1
    package 2.0
    pc do update-install --yes >>$lab/do.log 2>&1 && why+=' installed without new lists'
    pc do update-check --yes >>$lab/do.log 2>&1 || why+=' the lists are not understood'
    pc do update-install --yes >>$lab/do.log 2>&1 || why+=' not installed'
    [[ $(installed) == 2.0 ]] || why+=" has $(installed)"
    truths_of_audit; report 'packages by apt'
    pc do update-rollback --reason broken --yes >$lab/do.log 2>&1 || why+=' did not go back'
    [[ $(installed) == 1.0 ]] || why+=" has $(installed)"
    truths_of_audit; report 'and back by hand'
    (sleep 1.5; until [[ $(installed) == 2.0 ]]; do sleep .05; done; : >$lab/sick.apt) &
    pc do update-install --yes >$lab/do.log 2>&1 && why+=' a sick one stayed'
    [[ $(installed) == 1.0 ]] || why+=" has $(installed)"
    truths_of_audit; report 'packages that do not work go back'
    rm -f $lab/sick.apt
    apt-mark hold pos-lab-app >/dev/null
    lists && why+=' says nothing of the hold'
    upgrade && why+=' installed what is held'
    apt-mark unhold pos-lab-app >/dev/null
    stays 1.0; truths_of_audit; report 'a package that the site holds back'
    publish others
    lists && why+=' took the lists of somebody else'
    stays 1.0; truths_of_audit; report 'a repository signed by somebody else'
    rm $lab/repo/InRelease
    lists && why+=' took lists that nobody signed'
    stays 1.0; truths_of_audit; report 'a repository that nobody signed'
    publish
    lists || why+=' the lists are not understood'
    cp $lab/repo/app_2.0.deb $lab/two.deb
    rm -rf /var/lib/pos-console-update/archives
    cp $lab/repo/app_1.0.deb $lab/repo/app_2.0.deb
    upgrade && why+=' installed what was changed'
    cp $lab/two.deb $lab/repo/app_2.0.deb
    stays 1.0; truths_of_audit; report 'a package that was changed after it was signed'
    mount -t tmpfs -o size=4k t /var/lib/pos-console-update
    upgrade && why+=' installed without room'
    umount /var/lib/pos-console-update
    stays 1.0; truths_of_audit; report 'no room for packages'
    package 3.0 'exit 3'
    lists
    upgrade && why+=' a package whose script fails stayed'
    stays 1.0; truths_of_audit; report 'a package whose script fails goes back'
    package 4.0 'sleep 3'
    lists
    (until [[ $(installed) == 4.0 ]]; do sleep .05; done; sleep .5; kill -9 $(pgrep -x dpkg) $(pgrep -x apt-get)) 2>/dev/null &
    upgrade && why+=' a killed dpkg is a success'
    wait $!
    stays 1.0; truths_of_audit; report 'dpkg and apt killed in the middle'
    stop_agent
    cp $lab/rauc.toml $conf
    for place in /var/lib/dpkg $places; do umount $place; done
}
case_twice() {
    cp $lab/two.raucb $lab/stick/
    order update-install
    pc do 72 --yes >$lab/do2.log 2>&1 &
    begun
    settle
    wait
    truths
    (($(grep -c '"phase": "intent"' $lab/audit.json) == 1)) || why+=' begun twice'
    verdict 'a second press' done B 2.0.0
}

# One moment: somebody is killed so many milliseconds after the order.
moment() {
    local n=$1 ms=$((RANDOM % 1200)) victims=(agent rauc both power) victim end version
    victim=${victims[RANDOM % 4]}
    cp $lab/two.raucb $lab/stick/
    order update-install
    # Most moments lie in the installation, some before it.
    ((n % 5 == 0)) || begun
    sleep "$(awk -v ms=$ms 'BEGIN{print ms / 1000}')"
    case $victim in
    agent) stop_agent; start_agent ;;
    rauc) stop_rauc; start_rauc ;;
    both) stop_agent; stop_rauc; start_rauc; start_agent ;;
    power) power ;;
    esac
    wait
    settle
    truths
    end=$(last) version=$(holds "$(runs)")
    case $end in
    done) [[ $version == 2.0.0 ]] || why+=" said done, runs $version" ;;
    failed | undone) [[ $version == 1.0.0 ]] || why+=" said $end, runs $version" ;;
    *) [[ $version == 1.0.0 ]] || why+=" nothing said, runs $version" ;;
    esac
    report "$(printf 'moment %2d: %-5s killed after %4d ms: %s' "$n" "$victim" "$ms" "${end:-not begun}")"
}

lay
say "seed $seed"
for case in gate rights good damaged short sick dead twice command apt; do
    if [[ $only == "$case" || (-z $only && $case != gate) ]]; then
        fresh
        "case_$case"
    fi
done
if [[ -z $only || $only == moments ]]; then
    for ((n = 1; n <= moments; n++)); do
        fresh
        moment "$n"
    done
fi
stop_agent
stop_rauc
say "$((done - bad)) of $done as they must be"
((bad == 0))
