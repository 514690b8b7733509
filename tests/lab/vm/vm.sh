# The VM terminal: where it is kept, how it is started, asked and stopped. Sourced by whoever needs it.
#
# KVM is never used: where the host is itself a guest its kernel may hang under it, silently.
export PATH=$PATH:/usr/sbin
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pos-console-lab
vm=$cache/vm port=${POS_LAB_PORT:-2222} memory=${POS_LAB_MEMORY:-640}

say() { echo "lab: $*" >&2; }
die() { say "$@"; exit 69; }
since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.1f", b - a}'; }

runs() { [[ -s $vm/pid ]] && kill -0 "$(<"$vm/pid")" 2>/dev/null && [[ $(<"/proc/$(<"$vm/pid")/comm") == qemu-system* ]]; }
must_run() { runs || die "the VM does not run: scripts/lab up"; }

# One command of the machine's monitor, and what it says.
monitor() {
    python3 - "$vm/monitor" "$*" <<'PY'
import socket, sys
door = socket.socket(socket.AF_UNIX)
door.settimeout(300)
door.connect(sys.argv[1])
def answer():
    data = b""
    while not data.endswith(b"(qemu) "):
        piece = door.recv(65536)
        if not piece:
            sys.exit(0)
        data += piece
    return data.decode(errors="replace")
answer()
door.sendall(sys.argv[2].encode() + b"\n")
said = [line for line in answer().splitlines()[1:] if not line.startswith("(qemu)")]
if said:
    print("\n".join(said))
sys.exit(any(line.startswith("Error") for line in said))
PY
}

# As USER of the terminal, over one connection that stays open: under TCG each new one costs seconds.
keys=(-q -F /dev/null -i "$cache/key" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=20
    -o IdentitiesOnly=yes -o BatchMode=yes -p "$port")
as() {
    local door=$vm/ssh-$1
    # Opened by itself: it must not hold whatever listens to the command.
    [[ -S $door ]] || ssh "${keys[@]}" -MNf -o ControlPath="$door" -o ControlPersist=300 "$1@127.0.0.1" >/dev/null 2>&1 </dev/null
    ssh "${keys[@]}" -o ControlPath="$door" "$1@127.0.0.1" "${@:2}"
}
inside() { as root "$@" </dev/null; }
# A connection of its own, as an operator has one.
alone() { ssh "${keys[@]}" -o ControlPath=none "$1@127.0.0.1" "${@:2}"; }
hang_up() {
    local door
    for door in "$vm"/ssh-*; do
        [[ -S $door ]] || continue
        ssh "${keys[@]}" -o ControlPath="$door" -O exit x@127.0.0.1 2>/dev/null || rm -f "$door"
    done
}

start() { # [SNAPSHOT]
    rm -f "$vm/monitor"
    powered "$@" || die "the VM does not start ($vm/serial.log)"
}
# In a shell of its own: it outlives whoever started it and must hold nothing of theirs, such as a lock.
powered() (
    for fd in /proc/self/fd/*; do
        fd=${fd##*/}
        ((fd <= 2)) || eval "exec $fd>&-"
    done
    exec qemu-system-x86_64 -name terminal -accel tcg,thread=multi,tb-size=256 -machine q35 -cpu max -smp 2 -m "$memory" -rtc base=utc,clock=vm \
        -nodefaults -display none -vga std -kernel "$vm/vmlinuz" -initrd "$vm/initrd.gz" \
        -append "console=tty0 console=ttyS0 quiet rw net.ifnames=0 mitigations=off nowatchdog random.trust_cpu=on" \
        -drive "file=$vm/disk.qcow2,if=none,id=disk,cache=unsafe" -device virtio-blk-pci,drive=disk \
        -netdev "user,id=service,restrict=on,hostfwd=tcp:127.0.0.1:$port-:22" \
        -device virtio-net-pci,netdev=service,romfile= -device virtio-rng-pci -serial "file:$vm/serial.log" \
        -monitor "unix:$vm/monitor,server=on,wait=off" -pidfile "$vm/pid" -daemonize ${1:+-loadvm "$1"}
)

# Cut off, as by its plug.
cut_power() {
    hang_up
    runs || return 0
    monitor quit >/dev/null 2>&1 || true
    local i
    for i in {1..100}; do runs || return 0; sleep .1; done
    kill -9 "$(<"$vm/pid")"
    while runs; do sleep .1; done
}

# Waits until somebody comes in.
answers() { # SECONDS
    local until=$((SECONDS + $1))
    until inside true 2>/dev/null; do
        runs || die "the VM has gone ($vm/serial.log)"
        ((SECONDS < until)) || return 1
        sleep .5
    done
}

# The state right after the console was installed.
restore() {
    hang_up
    runs || { start ready; answers 60 || die "no answer"; return; }
    monitor loadvm ready || die "no such state: scripts/lab up"
    answers 60 || die "no answer"
}

pc() { inside pos-console "$@"; }

# Suites count: `right SENTENCE COMMAND...` is right when the command is; at the end `figures NAME`.
tried=0 wrong=0
right() {
    local what=$1 said
    shift
    tried=$((tried + 1))
    if said=$("$@" 2>&1); then
        printf 'right  %s\n' "$what"
    else
        wrong=$((wrong + 1))
        printf 'WRONG  %s\n' "$what"
        tail -n 12 <<<"$said" | sed 's/^/       | /'
    fi
}
figures() {
    echo "$1: $tried tried, $((tried - wrong)) right, in $SECONDS s"
    ((wrong == 0))
}
