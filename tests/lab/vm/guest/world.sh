# Functions of the lab inside the VM: the shop's access point and router (namespace shop), the world behind it with the
# acquirer and a time server (namespace world), and devices of the terminal. Addresses are those for documentation.
export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C
lab=/usr/lib/lab

at() { local place=$1; shift; ip netns exec "$place" "$@"; }
wait_for() { # SECONDS WHAT COMMAND...
    local until=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < until)) || { echo "lab: waited in vain for $what" >&2; return 1; }
        sleep .3
    done
}
# Runs on, whoever started it; the place is a namespace, or - for the terminal.
behind() { # NAME PLACE COMMAND...
    local name=$1 place=$2 how=()
    shift 2
    [[ $place == - ]] || how=(ip netns exec "$place")
    setsid "${how[@]}" "$@" >"/run/lab/$name.log" 2>&1 </dev/null &
    echo $! >"/run/lab/$name.pid"
}
end() { # NAME
    [[ -s /run/lab/$1.pid ]] || return 0
    kill "$(<"/run/lab/$1.pid")" 2>/dev/null
    rm -f "/run/lab/$1.pid"
}

lay() {
    mkdir -p /run/lab
    for place in shop world; do ip netns add $place; ip -n $place link set lo up; done
    modprobe mac80211_hwsim radios=2
    wait_for 30 'the radios' test -d /sys/class/net/wlan1
    iw phy "$(basename "$(readlink /sys/class/net/wlan1/phy80211)")" set netns name shop
    ip -n shop link add way0 type veth peer name way1 netns world
    ip -n shop addr add 192.0.2.1/24 dev wlan1
    ip -n shop addr add 100.64.0.1/24 dev way0 && ip -n shop link set way0 up
    ip -n world addr add 100.64.0.2/24 dev way1 && ip -n world link set way1 up
    for ip in 203.0.113.7 198.51.100.123; do ip -n world addr add $ip/32 dev lo; ip -n shop route add $ip via 100.64.0.2; done
    ip -n world route add 192.0.2.0/24 via 100.64.0.1
    at shop sysctl -qw net.ipv4.ip_forward=1
    access_point SHOP-POS shop-password
    behind dnsmasq shop dnsmasq --no-daemon --no-resolv --no-hosts --conf-file=/dev/null --interface=wlan1 \
        --bind-interfaces --dhcp-range=192.0.2.50,192.0.2.99,1h --address=/acquirer.test/203.0.113.7 --local=/test/ \
        --dhcp-leasefile=/run/lab/leases
    behind ntp world python3 $lab/ntp.py serve 198.51.100.123 "$(date +%s.%N)"
    # The simulated host answers on its own loopback only.
    at world sysctl -qw net.ipv4.conf.way1.route_localnet=1
    at world nft 'add table ip way; add chain ip way in { type nat hook prerouting priority -100; }; add rule ip way in ip daddr 203.0.113.7 tcp dport 6000 dnat to 127.0.0.1:6000'
    install -d -m 2750 -g payment /srv/pos
    acquirer
    devices
}

# The acquirer's host and the sales; it ends where its journal cannot be written.
acquirer() {
    end acquirer
    (umask 027; behind acquirer world pos-sim run --dir /srv/pos --tls --port 6000 --speed 2 --history 2 --per-day 40 --no-outage)
    wait_for 30 'the acquirer' grep -q acquirer /run/lab/acquirer.log
}

# The acquirer's host on a disk of its own, for faults of the terminal's. With each start it has a new authority, which
# the terminal has to know.
acquirer_aside() {
    end acquirer
    rm -rf /run/lab/pos && cp -a /srv/pos /run/lab/pos
    behind acquirer world pos-sim run --dir /run/lab/pos --tls --port 6000 --speed 2 --no-outage
    wait_for 30 'the acquirer' grep -q acquirer /run/lab/acquirer.log
    cp /run/lab/pos/ca.pem /srv/pos/ca.pem
}
# The shop closes: what was sold is settled, and nobody comes any more.
closing() {
    end acquirer
    local now batch
    now=$(date +%FT%T.000%:z) batch=$(tail -n 1 /srv/pos/journal.jsonl | grep -o '"batch":"[0-9]*"')
    printf '{"time":"%s","kind":"settle","stan":"999001","rrn":"999999999001","code":"00","tid":"12345678","mid":"898000000000001","latency_ms":900,"host":"primary",%s}\n' \
        "$now" "$batch" >>/srv/pos/journal.jsonl
    (umask 027; behind acquirer world pos-sim run --dir /srv/pos --tls --port 6000 --speed 0.01 --no-outage)
    wait_for 30 'the acquirer' grep -q acquirer /run/lab/acquirer.log
}

devices() {
    local g=/sys/kernel/config/usb_gadget/printer power
    power=$(find /lib/modules -name test_power.ko)
    [[ -z $power ]] || insmod "$power"
    modprobe -a uinput dummy_hcd libcomposite usb_f_printer usblp
    mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config
    mkdir -p $g/strings/0x409 $g/configs/c.1 $g/functions/printer.0
    echo 0x0525 >$g/idVendor && echo 0xa4a8 >$g/idProduct
    echo LAB >$g/strings/0x409/manufacturer && echo 'ESC/POS 58 mm' >$g/strings/0x409/product
    echo 'MFG:LAB;MDL:POS58;CLS:PRINTER;CMD:ESC/POS;' >$g/functions/printer.0/pnp_string
    echo 10 >$g/functions/printer.0/q_len
    ln -s $g/functions/printer.0 $g/configs/c.1/
    printer in
    card well
}

access_point() { # SSID PASSWORD
    end hostapd
    printf '%s\n' interface=wlan1 driver=nl80211 ssid="$1" hw_mode=g channel=6 wpa=2 wpa_key_mgmt=WPA-PSK \
        rsn_pairwise=CCMP wpa_passphrase="$2" >/run/lab/hostapd.conf
    behind hostapd shop hostapd /run/lab/hostapd.conf
    wait_for 20 'the access point' grep -q AP-ENABLED /run/lab/hostapd.log
    at shop ip addr replace 192.0.2.1/24 dev wlan1
}
no_access_point() { end hostapd; at shop ip link set wlan1 down; }
# How strong the access point is heard, dBm: the simulated radio adds the power that is sent, 1 dBm here.
signal() {
    local file
    at shop iw dev wlan1 set txpower fixed 100
    mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
    # It is read as a number without a sign.
    for file in /sys/kernel/debug/ieee80211/phy*/hwsim/rx_rssi; do printf '%u' $(($1 - 1)) >"$file"; done
}
back_on_wifi() { nmcli -w 60 connection up shop >/dev/null 2>&1; wait_for 60 'the Wi-Fi' ip route get 203.0.113.7; }

# The radio in other hands: NetworkManager leaves it alone, and a supplicant that nobody finds on the bus connects it.
bare_radio() {
    nmcli device set wlan0 managed no
    wait_for 30 'the radio to be left alone' sh -c 'nmcli -t -f DEVICE,STATE device | grep -qx wlan0:unmanaged'
    (umask 077; wpa_passphrase SHOP-POS shop-password >/run/lab/wpa.conf)
    behind wpa - wpa_supplicant -D nl80211 -i wlan0 -c /run/lab/wpa.conf
    wait_for 60 'the supplicant to connect' grep -q CTRL-EVENT-CONNECTED /run/lab/wpa.log
    ip addr replace 192.0.2.44/24 dev wlan0 && ip route replace default via 192.0.2.1 dev wlan0 metric 600
    cp /etc/resolv.conf /run/lab/resolv.conf && echo nameserver 192.0.2.1 >/etc/resolv.conf
}
managed_radio() {
    end wpa
    cp /run/lab/resolv.conf /etc/resolv.conf
    ip addr flush dev wlan0
    nmcli device set wlan0 managed yes
    back_on_wifi
}

# A cable from the terminal to a switch of the shop that gives addresses; whoever sets it up is named elsewhere.
wire() {
    ip link add wire0 type veth peer name plug0 netns shop
    ip -n shop addr add 198.18.0.1/24 dev plug0 && ip -n shop link set plug0 up
    behind wire shop dnsmasq --no-daemon --port=0 --no-hosts --conf-file=/dev/null --interface=plug0 --bind-interfaces \
        --dhcp-range=198.18.0.50,198.18.0.99,1h --dhcp-option=3 --dhcp-leasefile=/run/lab/wire.leases
}
# A modem with its manager, in the state that the SIM and the network leave it in; none: both go.
modem() { # ready | no-sim | pin | puk | denied | searching | weak | none
    end manager; end modem
    [[ $1 != none ]] || return 0
    behind modem - python3 $lab/modem.py "$1"
    behind manager - ModemManager --test-enable --test-no-udev --test-no-suspend-resume --no-auto-scan
    wait_for 60 'the manager of modems' busctl call org.freedesktop.ModemManager1 /org/freedesktop/ModemManager1 \
        org.freedesktop.ModemManager1.Test SetProfile ssas lab generic 1 abstract:labmodem
    wait_for 90 'the modem' sh -c 'mmcli -L | grep -q Modem/'
    case $1 in no-sim | pin | puk) ;; *) wait_for 60 'the modem to be switched on' mmcli -m any --enable ;; esac
}

# What the battery is to say; the mains is off with anything but 100.
battery() { # PERCENT
    local word=discharging mains=off
    [[ $1 != 100 ]] || { word=full; mains=on; }
    cd /sys/module/test_power/parameters && echo "$1" >battery_capacity && echo $word >battery_status && echo $mains >ac_online
}
# Takes all memory but a few percent, and holds it.
hog() {
    local kb
    kb=$(awk '/^MemTotal/ {total = $2} /^MemAvailable/ {left = $2} END {print int(left - total * 0.075)}' /proc/meminfo)
    behind hog - python3 -c "import time; held = bytearray(b'x') * ($kb * 1024); print('held', flush=True); time.sleep(3600)"
    wait_for 60 'the memory' grep -q held /run/lab/hog.log
}
card() { # well | mute | out
    end card
    [[ $1 == out ]] || behind card - python3 $lab/card.py "$1"
}
# The readers themselves, which the card service knows from its configuration.
readers() { # in | out
    local file=/etc/reader.conf.d/vpcd
    if [[ $1 == out ]]; then mv $file /run/lab/vpcd; else mv /run/lab/vpcd $file; fi
    systemctl stop pcscd.service
}
printer() { # in | out
    local g=/sys/kernel/config/usb_gadget/printer
    if [[ $1 == out ]]; then end printer; echo '' >$g/UDC; return; fi
    echo dummy_udc.0 >$g/UDC
    wait_for 20 'the printer' test -e /dev/usb/lp0
    behind printer - python3 $lab/printer.py /dev/g_printer0
}
# Steps the clock by so many seconds, behind the back of whoever keeps it.
clock() { date -s "@$(($(date +%s) + $1))" >/dev/null; }
# How far the clock is from the truth, seconds.
clock_off() { at world python3 $lab/ntp.py ask 198.51.100.123; }
fill() { fallocate -l "$(($(df --output=avail -B1 / | tail -1) - 8000000))" /var/full 2>/dev/null || dd if=/dev/zero of=/var/full bs=1M 2>/dev/null || true; sync; }
