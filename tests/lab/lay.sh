# Functions of the lab. A terminal (where we are), a shop's router with a switch (bridge), the world, and another
# device in the shop. Addresses are those for documentation (RFC 5737, RFC 3849).
export PATH=$PATH:/usr/sbin:/sbin

at() { local place=$1; shift; ip netns exec "$place" "$@"; }

# What the terminal asks for names: both name servers, and these lines.
resolv() {
    printf 'nameserver 198.51.100.53\nnameserver 198.51.100.54\n' >/run/resolv.conf
    (($# == 0)) || printf '%s\n' "$@" >>/run/resolv.conf
}

lay() {
    mount --make-rprivate /
    mount -t tmpfs none /run
    resolv
    mount --bind /run/resolv.conf /etc/resolv.conf
    for place in router world other; do ip netns add $place; ip -n $place link set lo up; done
    ip link set lo up
    ip -n router link add lan type bridge
    ip link add eth0 type veth peer name port1 netns router
    ip -n other link add eth0 type veth peer name port2 netns router
    ip -n router link set port1 master lan up
    ip -n router link set port2 master lan up
    ip -n router addr add 192.0.2.1/24 dev lan
    ip -n router -6 addr add 2001:db8:1::1/64 dev lan nodad
    ip -n router -6 addr add fe80::1/64 dev lan nodad
    ip -n router link set lan up
    ip -n router link add wan type veth peer name peer netns world
    ip -n router addr add 100.64.0.1/24 dev wan
    ip -n router -6 addr add 2001:db8:8::1/64 dev wan nodad
    ip -n router link set wan up
    ip -n world addr add 100.64.0.2/24 dev peer
    ip -n world -6 addr add 2001:db8:8::2/64 dev peer nodad
    ip -n world link set peer up
    for ip in 203.0.113.7 203.0.113.8 203.0.113.80 198.51.100.53 198.51.100.54 198.51.100.123; do
        ip -n world addr add $ip/32 dev lo
    done
    ip -n world -6 addr add 2001:db8:9::7/128 dev lo nodad
    ip -n router route add 203.0.113.0/24 via 100.64.0.2
    ip -n router route add 198.51.100.0/24 via 100.64.0.2
    ip -n router -6 route add 2001:db8:9::/64 via 2001:db8:8::2
    ip -n world route add 192.0.2.0/24 via 100.64.0.1
    ip -n world -6 route add 2001:db8:1::/64 via 2001:db8:8::1
    at router sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
    at router nft 'add table inet shop; add chain inet shop way { type filter hook forward priority 0; }; add chain inet shop turn { type nat hook prerouting priority -100; }'
    address
}

# The terminal's own settings, as they should be.
address() {
    ip link set eth0 up
    ip -4 addr flush dev eth0
    ip addr add 192.0.2.10/24 dev eth0
    ip -6 addr replace 2001:db8:1::10/64 dev eth0 nodad
    ip route replace default via 192.0.2.1
    # As routers announce themselves: by the address of the link.
    ip -6 route replace default via fe80::1 dev eth0
}

# What the router lets through: one nft rule; none without.
rule() { at router nft "add rule inet shop way $*"; }
turn() { at router nft "add rule inet shop turn $*"; }
free() { at router nft 'flush chain inet shop way; flush chain inet shop turn'; }

# How the acquirer's hosts behave; how far its clock is from ours, seconds.
host() { echo "$1" >"$LAB/host"; }
time_is() { echo "$1" >"$LAB/time"; }

# The name servers: ok, off, nxdomain, hijacked, bogus, servfail, elsewhere, searched.
dns() {
    for n in 53 54; do
        [[ -s /run/dns$n.pid ]] && kill "$(cat /run/dns$n.pid)" 2>/dev/null
        rm -f /run/dns$n.pid
        server $n "$1"
    done
}

server() {
    local say=(--address=/acquirer.test/203.0.113.7 --local=/test/ --local=/invalid/)
    case $2 in
    off) return ;;
    nxdomain) say=(--local=/#/) ;;
    hijacked) say=('--address=/#/203.0.113.80') ;;
    bogus) say=(--address=/acquirer.test/0.0.0.0 --local=/invalid/) ;;
    searched) say+=(--address=/acquirer.test.shop.test/203.0.113.80) ;;
    elsewhere) say=(--address=/acquirer.test/203.0.113.99 --local=/invalid/) ;;
    servfail) say=(--server=192.0.2.254) ;;
    esac
    # Not as a daemon: in a user's own namespaces it could not change its user.
    until [[ -z $(at world ss -lunH "src 198.51.100.$1") ]]; do sleep .02; done
    ip netns exec world dnsmasq --no-daemon --no-resolv --no-hosts --conf-file=/dev/null --bind-interfaces \
        --listen-address=198.51.100.$1 "${say[@]}" >/dev/null 2>&1 </dev/null &
    echo $! >/run/dns$1.pid
    for _ in {1..200}; do [[ -n $(at world ss -lunH "src 198.51.100.$1") ]] && return; sleep .02; done
}

# The payment application's journal: CODE, so many times.
journal() {
    local n
    for ((n = 0; n < $2; n++)); do
        printf '{"time":"%s","kind":"sale","method":"card","amount":1200,"currency":"156","stan":"%06d","rrn":"%012d","code":"%s","tid":"12345678","mid":"898000000000001","entry_mode":"051","card":"6222********0000","latency_ms":900,"host":"primary"}\n' \
            "$(date -Iseconds)" $((RANDOM)) $((RANDOM)) "$1" >>"$LAB/journal.jsonl"
    done
}

# A second until the kernel says that the carrier is as wanted.
carrier() { for _ in {1..40}; do [[ $(ip -o link show eth0) == *"$1"* ]] && return; sleep .05; done; }

# Two seconds more to the world: a tunnel through a program that waits.
delay() {
    at router ip tuntap add dev slow mode tun && at router ip tuntap add dev fast mode tun
    at router ip link set slow up && at router ip link set fast up
    at router sh -c 'echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter; echo 0 >/proc/sys/net/ipv4/conf/fast/rp_filter; echo 0 >/proc/sys/net/ipv4/conf/slow/rp_filter'
    ip netns exec router python3 - "$1" <<'PY' &
import fcntl, os, select, struct, sys, time, collections
def tun(name):
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, 0x400454CA, struct.pack("16sH22x", name.encode(), 0x1001))
    return fd
slow, fast, late, queue = tun("slow"), tun("fast"), float(sys.argv[1]), collections.deque()
while True:
    wait = max(0, queue[0][0] - time.monotonic()) if queue else 5
    if select.select([slow], [], [], wait)[0]:
        queue.append((time.monotonic() + late, os.read(slow, 4096)))
    while queue and queue[0][0] <= time.monotonic():
        try: os.write(fast, queue.popleft()[1])
        except OSError: pass
PY
    echo $! >/run/delay.pid
    at router ip route add default dev slow table 100
    for _ in {1..40}; do [[ $(at router ip -o link show slow) == *LOWER_UP* ]] && break; sleep .05; done
    at router ip -6 route add default dev slow table 100
    at router ip rule add iif lan lookup 100
    at router ip -6 rule add iif lan lookup 100
}

# A disk of a few megabytes of its own, empty and writable.
disk() { mkdir -p "$LAB/disk"; mountpoint -q "$LAB/disk" && umount "$LAB/disk"; mount -t tmpfs -o size=4m none "$LAB/disk"; }

# The payment application, as far as anybody looks at it: it is there.
app() {
    cp "$(command -v sleep)" "$LAB/lab-payment"
    "$LAB/lab-payment" infinity >/dev/null 2>&1 </dev/null &
    echo $! >/run/app.pid
}

# A receipt printer on a pseudo terminal (ESC/POS DLE EOT): ok, paper, cover; off takes it away.
printer() {
    command -v python3 >/dev/null || return 0
    if [[ $1 == off ]]; then
        kill "$(cat /run/printer.pid)"
        rm -f /run/printer.pid "$LAB/printer"
        return
    fi
    echo "$1" >"$LAB/printer.state"
    [[ -e /run/printer.pid ]] && return
    python3 - "$LAB/printer" >/dev/null 2>&1 <<'PY' &
import os, pty, sys, tty
place = sys.argv[1]
own, other = pty.openpty()
tty.setraw(other)
os.symlink(os.ttyname(other), place)
# Normal; paper end; cover open (as their manuals have it).
say = {"ok": (0x12, 0x12, 0x12, 0x12), "paper": (0x1a, 0x32, 0x12, 0x7e), "cover": (0x1a, 0x16, 0x12, 0x12)}
had = b""
while True:
    had = (had + os.read(own, 64))[-3:]
    if had[:2] == b"\x10\x04" and 1 <= had[2] <= 4:
        os.write(own, bytes([say[open(place + ".state").read().strip()][had[2] - 1]]))
        had = b""
PY
    echo $! >/run/printer.pid
    for _ in {1..200}; do [[ -e $LAB/printer ]] && return; sleep .02; done
}

# Two weeks of sales with four banks' cards up to an hour ago, then this hour: `bank` has one bank refuse its cards,
# `fallback` has chips fail. What was known before is forgotten.
history() {
    rm -rf "$LAB/state" "$LAB/journal.jsonl"
    python3 - "$1" >"$LAB/journal.jsonl" <<'PY'
import datetime, json, sys
now, stan = datetime.datetime.now().astimezone(), 0
def sale(at, bank, code, mode):
    global stan
    stan += 1
    print(json.dumps({"time": at.isoformat(timespec="milliseconds"), "kind": "sale", "method": "card", "amount": 1200,
        "currency": "156", "stan": "%06d" % (stan % 1000000), "rrn": "%012d" % stan, "code": code, "tid": "12345678",
        "mid": "898000000000001", "entry_mode": mode, "card": bank + "********0000", "latency_ms": 900,
        "host": "primary"}))
banks = ["622848", "621700", "622202", "625900"]
for hour in range(14 * 24, 0, -1):
    for n in range(3):
        at = now - datetime.timedelta(hours=hour, minutes=10 + n)
        odd = (hour * 3 + n) % 40
        sale(at, banks[(hour + n) % 4], "51" if odd == 7 else "00", "800" if odd == 23 else "051")
for n in range(40):
    at = now - datetime.timedelta(seconds=80 - n)
    bank = banks[n % 4]
    refused = sys.argv[1] == "bank" and bank == "622202"
    failed = sys.argv[1] == "fallback" and n % 4 < 2
    sale(at, bank, "91" if refused else "00", "800" if failed else "051")
PY
}

# A journal without a past.
no_history() { rm -rf "$LAB/state" "$LAB/journal.jsonl"; journal 00 12; }

# The card service with a virtual reader and a card in it: ok, mute (it is there, and gives no answer to reset), none (no
# reader), off.
cards() {
    [[ -s /run/card.pid ]] && kill "$(cat /run/card.pid)" 2>/dev/null
    if [[ -s /run/pcscd.pid ]]; then
        kill "$(cat /run/pcscd.pid)" 2>/dev/null
        # Nobody may have buried it: dead is dead.
        for _ in {1..200}; do
            [[ $(cut -d' ' -f3 "/proc/$(cat /run/pcscd.pid)/stat" 2>/dev/null) == [Z]* || ! -e /proc/$(cat /run/pcscd.pid) ]] && break
            sleep .02
        done
    fi
    rm -rf /run/card.pid /run/card.ready /run/pcscd.pid /run/pcscd/pcscd.comm
    mkdir -p /run/pcscd "$LAB/readers"
    [[ $1 == off ]] && return
    cp /etc/reader.conf.d/vpcd "$LAB/readers/vpcd"
    [[ $1 == none ]] && rm "$LAB/readers/vpcd"
    pcscd --foreground --config "$LAB/readers" >/dev/null 2>&1 </dev/null &
    echo $! >/run/pcscd.pid
    for _ in {1..200}; do [[ -S /run/pcscd/pcscd.comm ]] && break; sleep .02; done
    [[ $1 == none ]] && return
    python3 - "$1" >/dev/null 2>&1 <<'PY' &
import socket, struct, sys, time
class Gone(Exception): pass
def insert():
    while True:
        try: card = socket.create_connection(("127.0.0.1", 35963), 2); break
        except OSError: time.sleep(.05)
    card.settimeout(None)
    return card
def take(card, count):
    had = b""
    while len(had) < count:
        more = card.recv(count - len(had))
        if not more: raise Gone
        had += more
    return had
silent = False
def ready(): open("/run/card.ready", "w").close()
def serve(card):
    global silent
    begun = False
    while True:
        asked = take(card, struct.unpack("!H", take(card, 2))[0])
        answer = None
        # 0 off, 1 on, 2 reset, 4 answer to reset (by which the reader also sees that a card is there); commands are longer.
        if asked in (b"\x01", b"\x02"): begun = True
        elif asked == b"\x04" and begun and sys.argv[1] == "mute":
            silent = True
            return card.close()
        elif asked == b"\x04":
            answer = bytes.fromhex("3B6800000073C84012009000")
            # The service has begun with it, or given it up and goes on looking whether it is there.
            if begun or silent: ready()
        elif len(asked) > 1: answer = b"\x6a\x82"
        if answer: card.sendall(struct.pack("!H", len(answer)) + answer)
while True:
    try: serve(insert())
    except (Gone, OSError):
        # The service has ended.
        sys.exit()
PY
    echo $! >/run/card.pid
    for _ in {1..600}; do [[ -e /run/card.ready ]] && break; sleep .02; done
    sleep .3
}
