# What checks found. finding-<code> is the sentence (facts are its arguments), finding-name-<family> the short name,
# finding-who-<code or family> who acts, finding-why-<code> why it matters or what it is not.

## Names of the checks
finding-name-net-link = Link
finding-name-net-wifi = Wi-Fi
finding-name-net-cell = Mobile network
finding-name-net-address = Address
finding-name-net-gateway = Gateway
finding-name-net-dns = DNS
finding-name-net-uplink = Line outside
finding-name-txn-issuer = Answers of the acquirer
finding-name-txn-keys = Keys
finding-name-txn-terminal = Registration
finding-name-net-loss = Line quality
finding-name-net-portal = Web login
finding-name-net-route = Route
finding-name-net-trace = Trace
finding-name-net-firewall = Firewall
finding-name-net-mtu = Large packets
finding-name-host-echo = Echo test
finding-name-txn-last = Last answer
finding-name-host-tcp = Host connection
finding-name-host-tls = Host TLS
finding-name-host-cert = Host certificate
finding-name-clock-offset = Clock
finding-name-reader-service = smart card service
finding-name-reader-device = card reader
finding-name-reader-card = card
finding-name-printer-status = printer
finding-name-power-supply = mains power
finding-name-power-battery = battery
finding-name-power-boots = starts
finding-name-clock-rtc = hardware clock
finding-name-clock-sync = time service
finding-name-sys-flash = storage life
finding-name-sys-usb = USB parts
finding-name-sys-oom = out of memory
finding-name-app-alive = payment application
finding-name-app-memory = application memory
finding-name-sec-ports = open ports
finding-name-sec-cert = certificates
finding-name-sec-tamper = tamper
finding-name-sec-keys = keys
finding-name-net-modem = signal command
finding-name-reader-swipe = magnetic stripe
finding-name-reader-scan = scan head
finding-name-sys-disk = Storage
finding-name-sys-readonly = Read-only storage
finding-name-sys-memory = Memory
finding-name-sys-load = Load
finding-name-sys-temperature = Temperature
finding-name-sys-units = Services
finding-name-txn-pending = Unfinished sales
finding-name-txn-declines = Declines
finding-name-txn-latency = Answer time
finding-name-custom = Own checks
finding-name-params-file = Parameter file
finding-name-params-tid = Terminal number
finding-name-params-mid = Merchant number
finding-name-params-limits = Limits
finding-name-params-keys = Card parameters
finding-name-version-system = System version
finding-name-version-expected = Versions
finding-name-source-unknown = Journal
finding-name-source-lag = Journal progress
finding-name-store-health = History

## Who acts
finding-who-net-link = shop staff
finding-who-net-wifi = shop staff
finding-who-net-cell = shop staff
finding-who-net-cell-denied = mobile operator
finding-who-net-cell-broken = technician
finding-who-net-cell-puk = mobile operator
finding-who-net-address = technician
finding-who-net-gateway = shop staff
finding-who-net-dns = internet provider
finding-who-net-uplink = internet provider
finding-who-txn-issuer = acquirer
finding-who-txn-keys = acquirer
finding-who-txn-terminal = acquirer
finding-who-net-loss = internet provider
finding-who-net-portal = shop staff
finding-who-net-route = technician
finding-who-net-trace = internet provider
finding-who-net-trace-at-once = shop staff
finding-who-net-trace-near = technician
finding-who-net-trace-mute = shop staff
finding-who-net-trace-not-sent = technician
finding-who-net-trace-forbidden = technician
finding-who-net-trace-refused = acquirer
finding-who-net-trace-port = acquirer
finding-who-net-firewall = technician
finding-who-net-mtu = internet provider
finding-who-host-echo = acquirer
finding-who-txn-last = shop staff
finding-who-net-loss-near = shop staff
finding-who-net-loss-slow-near = shop staff
finding-who-net-dns-hijacked = technician
finding-who-net-dns-bogus = technician
finding-who-net-dns-order = technician
finding-who-net-dns-search = technician
finding-who-net-dns-disagree = technician
finding-who-host-tls-web = shop staff
finding-who-host-echo-unset = technician
finding-who-host-tcp = acquirer
finding-who-host-tls = acquirer
finding-who-host-cert = acquirer
finding-who-clock-offset = shop staff
finding-who-reader-service = technician
finding-who-reader-device = technician
finding-who-reader-card = shop staff
finding-who-printer-status = shop staff
finding-who-printer-gone = shop staff
finding-who-printer-voltage = technician
finding-who-power-supply = shop staff
finding-who-power-battery = shop staff
finding-who-power-boots = technician
finding-who-power-battery-bad = technician
finding-who-clock-rtc = technician
finding-who-clock-sync = technician
finding-who-sys-flash = technician
finding-who-sys-usb = technician
finding-who-sys-oom = technician
finding-who-app-alive = shop staff
finding-who-app-memory = technician
finding-who-app-alive-looping = technician
finding-who-sec-ports = technician
finding-who-sec-cert = technician
finding-who-sec-tamper = acquirer
finding-who-sec-keys = acquirer
finding-who-net-modem = technician
finding-who-reader-swipe = shop staff
finding-who-reader-scan = shop staff
finding-who-sys-disk = technician
finding-who-sys-readonly = technician
finding-who-sys-memory = technician
finding-who-sys-load = technician
finding-who-sys-temperature = shop staff
finding-who-sys-units = technician
finding-who-txn-pending = shop staff
finding-who-txn-declines = shop staff
finding-who-txn-latency = acquirer
finding-who-custom = technician
finding-who-params-file = technician
finding-who-params-tid = technician
finding-who-params-mid = technician
finding-who-params-limits = technician
finding-who-params-keys = technician
finding-who-version-system = technician
finding-who-version-expected = technician
finding-who-source-unknown = technician
finding-who-source-lag = technician
finding-who-store-health = technician
finding-who-net-link-none = technician
finding-who-net-link-off = technician
finding-who-net-link-missing = technician
finding-who-net-gateway-none = technician
finding-who-net-dns-none = technician
finding-who-net-dns-no-name = technician
finding-who-net-dns-no-address = technician
finding-who-host-tcp-timeout = internet provider
finding-who-host-tcp-unreachable = internet provider
finding-who-host-tcp-filtered = technician
finding-who-host-tcp-bad-address = technician
finding-who-host-tls-not-tls = technician
finding-who-host-tls-bad-name = technician
finding-who-host-cert-not-yet = shop staff
finding-who-host-cert-wrong-name = technician
finding-who-host-cert-unknown-ca = technician
finding-who-host-cert-self-signed = technician
finding-who-host-cert-no-roots = technician
finding-who-host-cert-unjudged = technician

## Runs
finding-check-late = The check { $check } did not finish within { $limit_s } s; cannot tell
finding-check-broken = The check { $check } gave no result; cannot tell

## Link
finding-net-link-ok = { $interface } is connected
finding-net-link-spare = { $interface } is not in use
finding-net-link-none = This terminal has no network interface
finding-net-link-missing = The configured network interface { $interface } does not exist
finding-net-link-off = The network interface { $interface } is switched off
finding-net-link-no-cable = No cable signal on { $interface }: check both ends of the cable and the router's power
finding-net-link-no-wifi = { $interface } is not connected to Wi-Fi
finding-net-link-no-cell = { $interface } is not connected to the mobile network
finding-net-link-unknown = The network interfaces cannot be read: { $reason }
finding-why-net-link-no-cable = With a loose cable, a router without power or a broken port nothing behind it can be tested
finding-why-net-link-no-wifi = With the router off, or another Wi-Fi name or password, nothing behind it can be tested

finding-net-link-flaps = { $interface } comes and goes: try another cable or another socket
finding-net-link-half = { $interface } works in half duplex only: cable or switch port are faulty, it will be slow

## Wi-Fi
finding-net-wifi-none = There is no Wi-Fi
finding-net-wifi-unused = No Wi-Fi network is chosen on { $interface }
finding-net-wifi-idle = { $interface } is not connected to any Wi-Fi, and nobody tells which one it is for
finding-net-wifi-ok = { $interface } is connected to { $ssid }, signal { $dbm } dBm
finding-net-wifi-unmeasured = { $interface } is connected to { $ssid }; its driver tells no signal strength
finding-net-wifi-weak = The Wi-Fi signal of { $interface } is weak ({ $ssid }, { $dbm } dBm): move closer to the router
finding-net-wifi-poor = The Wi-Fi signal of { $interface } is very poor ({ $ssid }, { $dbm } dBm); sales will time out
finding-net-wifi-password = { $interface } cannot connect to { $ssid }: most likely the Wi-Fi password is wrong
finding-net-wifi-gone = { $interface } cannot find the Wi-Fi { $ssid }: the router is off, too far away, or renamed
finding-net-wifi-lost = { $interface } has lost the Wi-Fi { $ssid } and hears no other: the router is off or too far away, or nothing on the terminal looks for it
finding-net-wifi-off = { $interface } is not connected to { $ssid } ({ $state })
finding-net-wifi-unknown = The Wi-Fi's state cannot be read: { $reason }

## Mobile network
finding-net-cell-none = There is no mobile network module
finding-net-cell-unused = The mobile network module { $modem } is switched off
finding-net-cell-ok = The mobile network is fine ({ $operator ->
    [none] { "" }
   *[other] { $operator },{ " " }
}{ $percent } %)
finding-net-cell-weak = The mobile signal is weak ({ $operator ->
    [none] { "" }
   *[other] { $operator },{ " " }
}{ $percent } %): put the terminal near a window
finding-net-cell-no-sim = There is no SIM card, or it is not seated
finding-net-cell-bad-sim = The SIM card cannot be used
finding-net-cell-pin = The SIM card wants its PIN
finding-net-cell-puk = The SIM card is locked and wants its PUK: call the mobile operator
finding-net-cell-denied = The mobile operator does not admit this SIM card: suspended or unpaid
finding-net-cell-searching = Searching for a mobile network; not registered yet
finding-net-cell-broken = The mobile network module { $modem } has failed
finding-net-cell-unknown = The mobile network's state cannot be read: { $reason }

## Address
finding-net-address-ok = { $interface } has the address { $address }
finding-net-address-leased = { $interface } has the address { $address } from DHCP; its lease has { $left_h ->
    [0] { $left_min } min left
   *[other] { $left_h } h left
}
finding-net-address-spare = { $interface } is not used and needs no address
finding-net-address-untested = The link is down; the address was not tested
finding-net-address-none = { $interface } got no network address
finding-net-address-self = { $interface } got no address from the router, only one it made up: DHCP does not answer
finding-net-address-duplicate = Another device uses the address of { $interface }
finding-net-address-lost = The lease of { $interface }'s address ran out and was not renewed: the router's DHCP does not answer
finding-net-address-seeking = { $interface } is asking the router for an address (DHCP), nobody has answered yet
finding-net-address-unanswered = { $interface } got no address: the router was asked (DHCP) and did not answer
finding-net-address-lease = The lease of { $interface }'s address has not been renewed; it ends in { $left_min } min
finding-net-address-lease-dead = The DHCP server { $dhcp_server } that gave { $interface } its address is gone; the lease ends in { $left_min } min
finding-net-address-wide = The subnet mask of { $interface } is wrong ({ $address }): it takes { $missing } for a neighbour, which is behind the gateway
finding-why-net-address-duplicate = While two devices use one address, the network comes and goes
finding-net-address-unknown = The network addresses cannot be read: { $reason }
finding-why-net-address-self = The link is up, but the device that hands out addresses (usually the router) does not answer
finding-why-net-address-seeking = The link is up, but the device that hands out addresses (usually the router) does not answer
finding-why-net-address-unanswered = The link is up, but the device that hands out addresses (usually the router) does not answer

## Gateway
finding-net-gateway-ok = The gateway { $gateway } is fine, { $rtt_ms } ms
finding-net-gateway-quiet = The gateway { $gateway } is fine (no answer to an echo, but other signs of life)
finding-net-gateway-direct = { $interface } leads straight to the provider; no gateway is needed
finding-net-gateway-not-needed = Every host is in the local network; no gateway is needed
finding-net-gateway-none = There is no default gateway, so no way out of the local network
finding-net-gateway-dead = The gateway { $gateway } does not answer: check that the router has power, restart it
finding-net-gateway-silent = The gateway { $gateway } gives no sign of life and nothing gets through: check the router
finding-net-gateway-unclear = The gateway { $gateway } never answers probes; cannot tell now
finding-net-gateway-untested = Something before it is broken; the gateway was not tested
finding-net-gateway-unknown = The routes cannot be read: { $reason }
finding-why-net-gateway-dead = There is no answer between terminal and router: still inside the shop, nothing to do with the bank
finding-why-net-gateway-silent = There is no answer between terminal and router: still inside the shop, nothing to do with the bank

## DNS
finding-net-dns-ok = Names resolve, { $rtt_ms } ms
finding-net-dns-reached = The name server answers (no name is needed now)
finding-net-dns-system = The system resolves { $name }
finding-net-dns-not-needed = No name has to be resolved
finding-net-dns-none = No name server is set, so host names cannot be resolved
finding-net-dns-dead = { $servers_count ->
    [one] The name server does not answer, so host names cannot be resolved
   *[other] None of the { $servers_count } name servers answers, so host names cannot be resolved
}
finding-net-dns-dead-known = The name servers do not answer; { $name } is still known on this terminal
finding-net-dns-some-dead = { $dead_count } of { $servers_count } name servers do not answer: { $dead }
finding-net-dns-slow = The name servers are slow, { $rtt_ms } ms
finding-net-dns-no-name = The name servers say that { $name } does not exist: check the host's name
finding-net-dns-no-address = The name servers know { $name }, but no address of it
finding-net-dns-error = The name servers cannot resolve { $name }: { $replies }
finding-net-dns-order = The first name server { $other } says that { $name } does not exist; another one knows it, but programs ask no farther
finding-net-dns-search = { $name } is turned into { $other } by the search domain, which leads elsewhere: write the host's name with a dot at its end, or mend the search list
finding-net-dns-garbage = The name servers answer nonsense, so { $name } cannot be resolved
finding-why-net-dns-some-dead = While the first name server is silent, every look-up takes some seconds more
finding-why-net-dns-no-name = The name is mistyped, or the router's name server was changed

finding-net-dns-hijacked = The name server sends { $name } to an impostor (names that do not exist lead there too): a web login is wanted first, or the router's DNS was changed
finding-net-dns-bogus = The name server gives { $name } an address that leads nowhere: { $answers }
finding-net-dns-disagree = The name servers contradict each other about { $name }, and the address in use does not lead to the host: { $answers }
finding-why-net-dns-hijacked = The name resolves, but not to the acquirer's host

## Line outside
finding-net-uplink-ok = There are answers from outside the shop
finding-net-uplink-untold = There is nothing outside to ask, so the line is not judged
finding-net-uplink-dead = The router is fine, but none of { $places_count } places outside answers: the line is down, call the internet provider
finding-why-net-uplink-dead = The shop's own network is fine; it is neither the terminal nor the acquirer's host

## Line quality
finding-net-loss-ok = The line is fine, nothing to speak of is lost, { $rtt_ms } ms
finding-net-loss-quiet = Nothing answers probes, so the line's quality is not judged
finding-net-loss-near = { $lost_percent } % of packets are lost between terminal and router: check cable, Wi-Fi signal and router
finding-net-loss-far = { $lost_percent } % of packets are lost outside the shop: inside all is well, call the internet provider
finding-net-loss-far-family = Outside the shop { $lost_percent } % of { $family } packets are lost, the other family's are not: call the internet provider
finding-net-loss-slow-family = Outside the shop { $family } takes { $rtt_ms } ms, the other family does not: call the internet provider
finding-net-loss-slow-near = It takes { $rtt_ms } ms to the router alone: check the Wi-Fi signal, or some device fills the network
finding-net-loss-slow-far = The line outside the shop takes { $rtt_ms } ms; sales get slow or time out
finding-why-net-loss-far = Small requests still get through now and then, so sales work one moment and fail the next

## Captive portal
finding-net-portal-not-asked = No page is configured to probe for a web login
finding-net-portal-free = No web login is wanted
finding-net-portal-login = This network wants a web login first: { $location }
finding-net-portal-untested = The probe page did not open ({ $reason }); whether a web login is wanted was not tested

## Route
finding-net-route-ok = Host { $host } is reached over { $interface }, gateway { $gateway }
finding-net-route-near = Host { $host } is reached over { $interface }, without a gateway
finding-net-route-untested = The address of host { $host } is not known; the route was not tested
finding-net-route-untold = The system does not tell the route to host { $host }: { $reason }
finding-net-route-none = There is no route to host { $host } ({ $ip })
finding-net-route-forbidden = A route of this terminal forbids the way to host { $host } ({ $ip })
finding-net-route-gateway-dead = The gateway { $gateway } that only host { $host } uses ({ $interface }) does not answer

## Trace
finding-net-trace-none = The way to host { $host } has not been traced
finding-net-trace-running = Tracing the way, up to { $wait_s } s
finding-net-trace-unresolved = The name of host { $host } was not resolved, so its way was not traced
finding-net-trace-untold = This system does not let the way to host { $host } be traced: { $reason }
finding-net-trace-whole = The way to host { $host } is whole: { $hops_count ->
    [one] 1 hop
   *[other] { $hops_count } hops
}, { $rtt_ms } ms
finding-net-trace-lossy = The way to host { $host } loses { $lost_percent } % from hop { $loss_nth } on
finding-net-trace-refused = The way to host { $host } is whole, but the host refuses port { $port }: the acquirer's side
finding-net-trace-not-sent = Nothing can be sent to host { $host }: this terminal has no route, or a rule of its own forbids it
finding-net-trace-at-once = The break is right behind the terminal: the router does not answer
finding-net-trace-mute = No hop answers, not even the router: cable, Wi-Fi or router first; if those work, the router drops the connection
finding-net-trace-router = The break is behind the router { $last }: the provider's line
finding-net-trace-beyond = The break is behind hop { $last_nth } ({ $last }), outside the shop: the provider first, then the acquirer
finding-net-trace-port = Host { $host } is alive, but its port { $port } does not answer: a firewall on the acquirer's side, or its program
finding-net-trace-near = Host { $host } in the local network does not answer: it is off, or its address is wrong
finding-net-trace-forbidden = { $by } forbids the connection to host { $host }: whoever runs that device lets it through
finding-net-trace-no-way = { $by } says that it has no way on to host { $host }
finding-why-net-trace-router = Terminal, cable and router work; what comes behind the router is the provider's

## Firewall
finding-net-firewall-open = The shop's network lets connections to the acquirer out
finding-net-firewall-unseen = There is no sign that the shop's network blocks anything
finding-net-firewall-blocked = { $hosts_count } hosts are blocked at once: most likely the shop's firewall does not let them through
finding-net-firewall-proxy = The shop's network lets no direct connection out, only its proxy { $proxy }: ask the network's administrator to allow the acquirer's hosts

## Size of packets
finding-net-mtu-ok = Large packets reach host { $host }
finding-net-mtu-untested = Host { $host } is not connected or needs no large packets; they were not tested
finding-net-mtu-blackhole = Large packets on the way to host { $host } are swallowed (small ones pass): a technician lowers the router's MTU, or call the internet provider
finding-why-net-mtu-blackhole = A connection stands and then nothing more happens: that is this fault, not the host's or the certificate's

## Host: echo test
finding-host-echo-ok = Host { $host } answers the echo test, { $echo_ms } ms
finding-host-echo-not-asked = No echo test is configured for host { $host }
finding-host-echo-unset = The echo test lacks the terminal's or merchant's number, or is written wrongly
finding-host-echo-untested = Host { $host } is not connected; the echo test was not made
finding-host-echo-slow = { $host }: the line is too slow for an echo test as well
finding-host-echo-silent = Host { $host } takes connections but does not answer the echo test: its payment program does not work
finding-host-echo-closed = Host { $host } closed the connection on the echo test
finding-host-echo-garbage = Host { $host } answers the echo test with something unreadable
finding-host-echo-refused = Host { $host } answers the echo test with code { $code }
finding-host-tls-web = A web page answers in the place of host { $host }: a web login is wanted first, or a proxy stands in between

## Answers that are all the same
finding-txn-issuer-ok = The acquirer's side answers as it should
finding-txn-issuer-down = The last { $times } sales were all answered with code { $code }: a system at the acquirer's or issuer's side has failed; nothing in the shop needs touching
finding-txn-keys-ok = No answer speaks of keys
finding-txn-keys-wrong = The last { $times } sales were all answered with code { $code }: the keys do not match; sign on again, else the acquirer loads new keys
finding-txn-terminal-ok = The acquirer knows this terminal
finding-txn-terminal-unknown = The last { $times } sales were all answered with code { $code }: the acquirer has not registered this terminal or merchant number

## Checks of the site's own
finding-custom-none = No checks of the site's own are configured
finding-custom-said = { $name }: { $text }
finding-custom-mute = { $name }: no text (exit code { $exit })
finding-custom-odd = { $name }: exit code { $exit } is outside the convention; cannot tell
finding-custom-late = { $name }: not finished within { $limit_s } s and ended; cannot tell
finding-custom-flood = { $name }: wrote too much and was ended; cannot tell
finding-custom-missing = { $name }: there is no program { $command }
finding-custom-denied = { $name }: may not run { $command } (rights or user)
finding-custom-broken = { $name }: cannot run { $command }: { $reason }

## Last answered
finding-txn-last-ok = A host last answered a sale at { $last }
finding-txn-last-none = No host has answered a sale yet

## Host: connection
finding-host-none = No acquirer host is configured
finding-host-tcp-ok = Host { $host } accepts connections, { $connect_ms } ms
finding-host-tcp-refused = Host { $host } refuses connections: the network works, but nothing serves port { $port } there
finding-host-tcp-filtered = Port { $port } of host { $host } is blocked: the host is up, a firewall stops the connection
finding-host-tcp-timeout = Host { $host } does not answer; the connection timed out
finding-host-tcp-unreachable = There is no way to host { $host }
finding-host-tcp-unresolved = The name of host { $host } was not resolved; the connection was not tested
finding-host-tcp-bad-address = The address of host { $host } is not host:port: { $address }
finding-why-host-tcp-refused = The request reached the host's machine: terminal and shop network are fine
finding-why-host-tcp-timeout = The shop's network works; the fault is on the provider's line or at the acquirer

## Host: TLS
finding-host-tls-ok = The encrypted connection to host { $host } works ({ $tls_version })
finding-host-tls-none = Host { $host } does not use encryption
finding-host-tls-untested = Host { $host } was not reached; encryption was not tested
finding-host-tls-silent = Host { $host } accepts the connection but does not answer the handshake
finding-host-tls-closed = Host { $host } closes the connection during the handshake
finding-host-tls-not-tls = What host { $host } answers is not TLS: a login page, a proxy, or the wrong port
finding-host-tls-alert = Host { $host } rejected the handshake: { $reason }
finding-host-tls-broken = The handshake with host { $host } failed: { $reason }
finding-host-tls-bad-name = The certificate name set for host { $host } is no name; encryption was not tested

## Host: certificate
finding-host-cert-ok = { $days_left ->
    [one] The certificate of host { $host } is valid for one more day
   *[other] The certificate of host { $host } is valid for { $days_left } more days
}
finding-host-cert-soon = { $days_left ->
    [one] The certificate of host { $host } ends in one day
   *[other] The certificate of host { $host } ends in { $days_left } days
}
finding-host-cert-expired = The certificate of host { $host } ended on { $valid_until } (check the clock first)
finding-host-cert-not-yet = The certificate of host { $host } is valid from { $valid_from } only: most likely the terminal's clock is behind, sync the time first
finding-host-cert-wrong-name = The certificate of host { $host } is not for { $expected_name }
finding-host-cert-unknown-ca = The certificate of host { $host } was issued by nobody this terminal trusts: a proxy in between, or the acquirer's root certificate is missing here
finding-host-cert-self-signed = The certificate of host { $host } is self-signed and not trusted here
finding-host-cert-bad = The certificate of host { $host } is faulty: { $reason }
finding-host-cert-no-roots = This terminal has no root certificates, so the certificate of host { $host } cannot be judged
finding-host-cert-unjudged = The certificate of host { $host } cannot be judged: { $reason }
finding-host-cert-untested = There is no encrypted connection to host { $host }; the certificate was not tested

## Clock
finding-clock-ok = The clock is right, { $offset_ms } ms off
finding-clock-behind = { $off_s ->
    [one] The clock is one second behind
   *[other] The clock is { $off_s } seconds behind
}
finding-clock-ahead = { $off_s ->
    [one] The clock is one second ahead
   *[other] The clock is { $off_s } seconds ahead
}
finding-clock-before-build = The clock says { $now }, which is before this program was built: it is wrong
finding-clock-not-asked = No time server is set; the clock was not compared
finding-clock-silent = The time servers gave no time; whether the clock is right is unknown
finding-clock-disagree = The time servers differ by { $spread_s } s; cannot tell which one is right
finding-why-clock-behind = With the clock behind, a good certificate looks not yet valid, and sales carry a wrong date
finding-why-clock-ahead = With the clock ahead, a good certificate looks expired, and sales carry a wrong date

## Card readers
finding-reader-service-ok = The smart card service runs, { $readers_count } readers
finding-reader-service-none = This terminal has no PC/SC service
finding-reader-service-no-library = The PC/SC library libpcsclite is not on this terminal: readers cannot be tested
finding-reader-service-stopped = The smart card service (pcscd) does not run
finding-reader-service-hangs = The smart card service does not answer
finding-reader-service-denied = This user may not use the smart card service
finding-reader-service-unknown = The smart card service cannot be asked: { $reason }
finding-reader-device-ok = Reader connected: { $reader }
finding-reader-device-none = No card reader found: check its cable
finding-reader-device-none-here = No reader is connected by PC/SC
finding-reader-device-missing = A reader is missing: { $reader }
finding-reader-device-broken = Reader { $reader } is connected but does not work
finding-reader-untested = Not tested: something before it is broken
finding-reader-card-none-here = There is no such reader
finding-reader-card-empty = No card in the reader
finding-reader-card-waiting = Put the card in now; waiting up to { $wait_s } seconds
finding-reader-card-waiting-tap = Hold the card to the mark now; waiting up to { $wait_s } seconds
finding-reader-card-not-inserted = No card within { $waited_s } seconds: not tested
finding-reader-card-busy = A sale is under way, so the test did not start: try again when it is over
finding-reader-card-held = The payment application holds the reader, so the test was not made: see the counts on 4, or leave the sale screen first
finding-reader-card-present = The card answers ({ $protocols })
finding-reader-card-ok = Reads well: the card answers and its payment directory can be chosen ({ $sw }), { $ms } ms
finding-reader-card-no-directory = Reader and card answer; the card has no { $directory } directory ({ $sw }), as many cards do
finding-reader-card-blocked = The reader works; this card says that it is blocked ({ $sw }): take another card
finding-reader-card-app-blocked = The reader works; the payment application of this card is blocked ({ $sw }): take another card
finding-reader-card-refuses = The reader works; this card refuses this use ({ $sw }): take another card
finding-reader-card-pin-blocked = The reader works; the PIN of this card is blocked ({ $sw }): its holder asks the issuer
finding-reader-card-pin-tries = The reader works; this card has { $tries } PIN tries left ({ $sw })
finding-reader-card-not-payment = The reader works; this is no payment card ({ $sw })
finding-reader-card-odd = The card gave an odd answer ({ $sw }): test another card
finding-reader-card-mute = The card does not answer: check which way it is in, then test another card
finding-reader-card-all-mute = { $in_a_row } cards in a row did not answer: it is the reader; clean its contacts first
finding-reader-card-pulled = The card was pulled during the test: push it home, leave it, test again
finding-reader-card-garbled = The answer of the card is garbled ({ $reason }): clean chip and contacts, test another card
finding-reader-card-check-byte = The card answers, but its check byte is wrong: contacts may be dirty, and a few good cards are like that
finding-reader-card-cut-short = The card answers, but its check byte is missing: contacts may be loose
finding-reader-card-unknown = The card test has no result: { $reason }
finding-why-reader-card-mute = One mute card is that card; several are the reader
finding-why-reader-service-stopped = Without the service no chip and no tap can be read; swiping and scanning still work

## Printer
finding-printer-ok = The printer is ready
finding-printer-none = There is no printer
finding-printer-gone = The printer is gone ({ $device }): check its cable and power
finding-printer-held = The payment application holds the printer, so its state was not asked
finding-printer-denied = This user may not ask the printer
finding-printer-mute = The printer answered before and does not now: switch it off and on
finding-printer-silent = The printer does not answer when asked for its state: cannot tell
finding-printer-garbage = The answer of the printer makes no sense ({ $byte }): cannot tell
finding-printer-half = The printer answered only in part: cannot tell
finding-printer-unknown = The printer cannot be asked: { $reason }
finding-printer-paper = The printer is out of paper: put a roll in, as the picture shows
finding-printer-near-end = The paper is nearly used up
finding-printer-cover = The cover of the printer is open
finding-printer-hot = The print head is too hot: leave it a few minutes, no need to switch off
finding-printer-voltage = The printer reports an error it cannot recover from, often a wrong supply voltage: check the adapter
finding-printer-cutter = The cutter is stuck: open the cover and take scraps out
finding-printer-mechanics = Mechanical error of the printer: open the cover and look for a paper jam
finding-printer-error = The printer reports an error
finding-printer-offline = The printer is offline
finding-why-printer-paper = No slip does not mean no sale: see 34

## Power
finding-power-supply-ok = Mains power is there ({ $supply })
finding-power-supply-none = The system tells nothing about mains power
finding-power-supply-off = Running from the battery, no mains power
finding-power-supply-weak = The supply voltage is too low: use the original adapter and cable
finding-power-supply-dipped = The supply voltage was too low at times since the start: use the original adapter and cable ({ $supply })
finding-power-supply-odd = The state of mains power makes no sense ({ $value }): cannot tell
finding-power-battery-ok = Battery { $percent } % ({ $state ->
    [Charging] charging
    [Discharging] in use
    [Full] full
    [Unknown] state unknown
   *[other] not charging
})
finding-power-battery-none = There is no battery
finding-power-battery-missing = The battery that should be there is missing
finding-power-battery-empty = The battery is at { $percent } % and draining: connect power now
finding-power-battery-low = The battery is at { $percent } % and draining: connect power
finding-power-battery-bad = The battery is damaged ({ $health }): stop using it and replace it
finding-power-battery-hot = The battery is too hot: move the terminal to fresh air and do not charge now
finding-power-battery-cold = The battery is too cold: bring it to room temperature
finding-power-battery-odd = The reading of the battery makes no sense ({ $value }): cannot tell
finding-power-boots-ok = { $boots } starts in a week, all after a proper shutdown
finding-power-boots-some = { $boots } starts in a week, { $unclean } of them without a shutdown before
finding-power-boots-unclean = { $unclean } times in a week power went without a shutdown (last { $last }): check socket and adapter, and do not pull the plug
finding-power-boots-none = There is no record of starts
finding-power-boots-unknown = The record of starts cannot be read: { $reason }
finding-why-power-battery-empty = With low power the reader, printer and radio fail first
finding-why-power-supply-weak = With low power the reader, printer and radio fail first

## Clock: its keepers
finding-clock-rtc-ok = The clock that runs while off is right
finding-clock-rtc-none = There is no clock that runs while off
finding-clock-rtc-off = The clock that runs while off is { $off_s } seconds off: setting the time writes it
finding-clock-rtc-lost = The clock that runs while off has lost the time: its coin cell is probably empty
finding-clock-rtc-unknown = The clock that runs while off cannot be read: { $reason }
finding-clock-sync-ok = { $keeper } keeps the clock right
finding-clock-sync-none = No time service is in use
finding-clock-sync-not-yet = { $keeper } has not set the clock right yet
finding-clock-sync-dead = The time service { $keeper } does not work: { $reason }
finding-clock-sync-unknown = The time service { $keeper } cannot be asked: { $reason }

## Storage life, USB, memory, application
finding-sys-flash-ok = About { $used_percent } % of the built-in storage's life is used
finding-sys-flash-none = The system tells nothing about the life of its storage
finding-sys-flash-odd = The reading of the storage's life makes no sense ({ $value }): cannot tell
finding-sys-flash-wearing = The built-in storage { $device } nears the end of its life: plan backup and replacement
finding-sys-flash-worn = The built-in storage { $device } is worn out: back up and replace it now
finding-sys-usb-ok = All parts on USB are there
finding-sys-usb-none = There is no USB
finding-sys-usb-missing = A part on USB is missing: { $part }
finding-sys-usb-unknown = Parts on USB cannot be listed: { $reason }
finding-sys-oom-ok = No program was ended for lack of memory
finding-sys-oom-untold = The system does not count lack of memory
finding-sys-oom-killed = Memory ran out: the system ended programs { $killed } times
finding-app-alive-ok = The payment application { $process } runs, for { $minutes } minutes
finding-app-alive-dead = The payment application { $process } does not run
finding-app-alive-looping = The payment application { $process } starts again and again ({ $restarts } times): see its log
finding-app-alive-not-looked = No program of the payment application is configured
finding-app-alive-unknown = The payment application { $process } cannot be looked at: { $reason }
finding-app-memory-ok = The payment application holds { $megabytes } MB
finding-app-memory-much = The payment application holds { $megabytes } MB, more than { $limit_mb } MB
finding-app-memory-dead = The payment application does not run: its memory is not tested
finding-app-memory-not-looked = No memory limit of the payment application is configured
finding-app-memory-unknown = The memory of the payment application cannot be looked at: { $reason }

## Security and vendors' commands
finding-sec-ports-ok = Open ports are as expected
finding-sec-ports-open = Ports are open that should not be: { $ports }
finding-sec-ports-not-looked = No expected ports are configured
finding-sec-ports-unknown = Open ports cannot be read
finding-sec-ports-no-filter = The packet filter has no rules for what comes in
finding-sec-ports-filter-unknown = The packet filter cannot be read: { $reason }
finding-sec-cert-ok = Certificates are valid; { $file } is the first to end, in { $days } days
finding-sec-cert-none = No certificates are configured
finding-sec-cert-soon = Certificate { $file } ends in { $days } days
finding-sec-cert-expired = Certificate { $file } has expired
finding-sec-cert-not-yet = Certificate { $file } is not valid yet: look at the clock first
finding-sec-cert-unread = Certificate { $file } cannot be read: { $reason }
finding-sec-tamper-ok = Tamper protection is intact
finding-sec-tamper-set = Tamper protection has been triggered: stop taking payments and call the acquirer
finding-check-adapter-ok = The vendor's command says all is well: { $text }
finding-check-adapter-told = The vendor's command says: { $text }
finding-check-adapter-absent = The vendor's command says that there is no such part
finding-check-adapter-none = No vendor's command is configured
finding-check-adapter-bad = The vendor's command gave no usable result: { $reason }

## Readers that type
finding-reader-swipe-none = No swipe reader that types was found
finding-reader-swipe-there = The swipe reader is connected; swiping is not tested
finding-reader-swipe-gone = The swipe reader is missing: { $reader }
finding-reader-swipe-waiting = Swipe now; waiting up to { $wait_s } seconds
finding-reader-swipe-ok = The stripe reads well
finding-reader-swipe-partly = Track 2, which payments use, reads well; another track does not
finding-reader-swipe-one = Track 1 reads well; no track 2 came
finding-reader-swipe-bad = The stripe does not read well: swipe evenly, try another card; if several fail, clean the head
finding-reader-swipe-odd = Something came, but it is no magnetic stripe
finding-reader-scan-none = No scan head that types was found
finding-reader-scan-there = The scan head is connected; scanning is not tested
finding-reader-scan-gone = The scan head is missing: { $reader }
finding-reader-scan-waiting = Scan a code now; waiting up to { $wait_s } seconds
finding-reader-scan-ok = Scanning works: { $length } signs came
finding-reader-typed-nothing = Nothing within { $waited_s } seconds: not tested
finding-reader-typed-gone = The device went away: check its cable
finding-reader-typed-denied = This user may not open the device
finding-reader-typed-held = Another program has taken the device: it cannot be tested
finding-reader-typed-unknown = Cannot be tested: { $reason }

## System
finding-sys-disk-ok = { $mount } has { $free_percent }% free
finding-sys-disk-low = { $mount } is getting full: { $free_percent }% left ({ $free_mb } MB)
finding-sys-disk-full = { $mount } is nearly full: { $free_percent }% left ({ $free_mb } MB)
finding-sys-disk-files = { $mount } can hold hardly any more files: { $files_free_percent }% left
finding-sys-disk-unknown = The space on { $mount } cannot be read: { $reason }
finding-sys-disk-none = No storage is set to be checked
finding-sys-readonly-ok = Storage can be written
finding-sys-readonly = { $mount } has become read-only: the storage may be damaged
finding-sys-readonly-unknown = The mounts cannot be read: { $reason }
finding-sys-memory-ok = { $available_percent }% of memory is available
finding-sys-memory-low = Memory is getting short: { $available_percent }% left ({ $available_mb } MB)
finding-sys-memory-out = Memory is nearly used up: { $available_percent }% left ({ $available_mb } MB)
finding-sys-memory-unknown = Memory cannot be read: { $reason }
finding-sys-load-ok = The load is normal
finding-sys-load-high = The system is very busy: 5-minute load { $load_5 } on { $cores } cores
finding-sys-load-unknown = The load cannot be read: { $reason }
finding-sys-temperature-ok = The temperature is { $celsius } degrees
finding-sys-temperature-high = The terminal is too hot: { $celsius } degrees; move it to where air can pass
finding-sys-temperature-throttled = The processor is held back by { $percent }% to cool down: the terminal is slow; give it air
finding-sys-temperature-none = This terminal has no temperature sensor
finding-sys-temperature-absurd = The temperature sensor cannot be believed ({ $celsius })
finding-sys-temperature-unknown = The temperature cannot be read: { $reason }
finding-sys-units-ok = The system's services are fine
finding-sys-units-down = The service { $unit } does not run ({ $state })
finding-sys-units-starting = The service { $unit } is starting or stopping ({ $state })
finding-sys-units-failed = { $failed_count ->
    [one] A system service has failed: { $unit }
   *[other] { $failed_count } system services have failed, the first is { $unit }
}
finding-sys-units-none = This terminal has no systemd
finding-sys-units-no-systemd = Services are set to be checked, but this terminal has no systemd
finding-sys-units-unknown = The system's services cannot be read: { $reason }

## Transactions
finding-txn-none = There are no sales yet
finding-txn-pending-ok = No sale is unfinished
finding-txn-waiting = { $waiting ->
    [one] One reversal or upload waits; it is sent by itself once the network works
   *[other] { $waiting } reversals or uploads wait; they are sent by themselves once the network works
}
finding-txn-query-needed = { $query_needed ->
    [one] The outcome of one sale has to be queried; do not charge again
   *[other] The outcome of { $query_needed } sales has to be queried; do not charge again
}
finding-txn-unanswered = The last { $unanswered_in_a_row } sales got no answer
finding-txn-declines-ok = { $declined } of the last { $answered } answered sales were declined
finding-txn-declines-many = { $declined } of the last { $answered } sales were declined, most often with code { $top_code } ({ $top_count } times)
finding-txn-latency-ok = The host answers in time, mostly within { $p95_s } s
finding-txn-latency-slow = The host answers slowly, { $p95_s } s
finding-txn-latency-none = There are no answer times yet
finding-why-txn-declines-many = These sales reached the acquirer's side and were answered: terminal and network are not the cause

## Sources
finding-source-ok = The journal { $source } is fine, { $read } sales read
finding-source-none = No payment journal is configured, so no sales can be shown: name it in the config as [[source]]
finding-source-missing = The journal { $source } does not exist: { $path }
finding-source-denied = The journal { $source } may not be read: { $path }
finding-source-directory = The path of the journal { $source } is a folder: { $path }
finding-source-pattern = The patterns of the journal { $source } are faulty
finding-source-error = The journal { $source } cannot be read: { $reason }
finding-source-no-journalctl = The journal { $source } cannot be read: there is no journalctl on this machine
finding-source-ended = The journal { $source } is not being read: journalctl ended ({ $reason }); it is started again
finding-source-no-folder = The socket of { $source } cannot be made: there is no folder { $reason }
finding-source-unsafe-folder = The socket of { $source } is not made: others may write into the folder { $reason }
finding-source-occupied = The socket of { $source } cannot be made: { $path } is something else
finding-source-in-use = The socket of { $source } cannot be made: another process listens on { $path }
finding-source-group = The socket of { $source } is open, but the group { $reason } could not be given to it: the payment application may be kept out
finding-source-not-sqlite = The database of { $source } is no SQLite file, or an encrypted one: { $path }
finding-source-busy = The database of { $source } is being written to all the time; it is read as soon as it is quiet
finding-source-left-open = The database of { $source } was left in the middle of a transaction, or the application holds it for itself: it can be read when the application has opened it again
finding-source-no-table = The database of { $source } has no table { $reason }: the application has changed, or the config names another one
finding-source-no-column = The database of { $source } has no column { $reason }: the application has changed, or the config names another one
finding-source-no-number = The column { $reason } of { $source } does not hold whole numbers, so new sales cannot be told from old ones
finding-source-query = The database of { $source } refuses the query: { $reason }
finding-source-nothing = { $unreadable ->
    [one] The one line of the journal { $source } is not understood: check its kind, time_format and field map
   *[other] None of the { $unreadable } lines of the journal { $source } is understood: check its kind, time_format and field map
}
finding-source-nothing-time = The times in the journal { $source } are not understood, so none of its { $unreadable } lines is: set time_format, such as "%y-%m-%d %H:%M:%S" or "%d-%m-%y %H:%M:%S", or map time to the right field
finding-source-nothing-packing = None of the { $unreadable } messages of the journal { $source } is understood: the packing { $packing } fits, set packing = "{ $packing }" or leave it empty
finding-source-lines-time = { $unreadable } lines of the journal { $source } could not be read ({ $read } sales were), the last because of its time: see time_format
finding-source-lines = { $unreadable ->
    [one] One line of the journal { $source } could not be read ({ $read } sales were)
   *[other] { $unreadable } lines of the journal { $source } could not be read ({ $read } sales were)
}
finding-source-format = { $unknown ->
    [one] Unknown format: 1 line of the journal { $source } fits no pattern ({ $read } sales were read); after an update of the application it needs a new pattern
   *[other] Unknown format: { $unknown } lines of the journal { $source } fit no pattern ({ $read } sales were read); after an update of the application it needs a new pattern
}
finding-source-lag-ok = The journal is read to its end
finding-source-lag-reading = Reading the journal's history, { $behind_mb } MB to go
finding-source-lag-behind = The journal { $source } is { $behind_mb } MB behind
finding-source-lag-none = There is no journal
finding-source-lag-untested = The journal cannot be read; its progress was not tested

## Store
finding-store-ok = The history is fine, { $sales } sales
finding-store-full = The storage is full; the history is in memory only and lost on restart
finding-store-read-only = The storage is read-only; the history is in memory only and lost on restart
finding-store-error = The history cannot be written and is in memory only: { $reason }
finding-store-memory = The history is in memory only and lost on restart
finding-store-set-aside = The history was damaged; it was set aside as { $set_aside } and is rebuilt from the journal

## Trends: the newest hours against this terminal's usual
finding-name-reader-fallback = Chip contacts
finding-name-trend-fallback = Chip trend
finding-name-trend-bank = One bank
finding-name-trend-code = Code trend
finding-name-trend-declines = Decline trend
finding-name-trend-latency = Answer trend
finding-who-reader-fallback = shop staff
finding-who-trend-fallback = shop staff
finding-who-trend-bank = acquirer
finding-who-trend-code = shop staff
finding-who-trend-declines = acquirer
finding-who-trend-latency = acquirer
finding-trend-none = Not enough records yet to know what is usual
finding-trend-ok = As usual
finding-reader-fallback = Clean the chip reader: since { $since } the chip was not read in { $events } of { $trials } ({ $percent }%)
finding-reader-fallback-ok = Chip cards since { $since }: { $trials }, not read: { $events } ({ $percent }%)
finding-reader-fallback-none = No chip card was used lately
finding-trend-fallback = Chip not read, stripe used instead: { $events } of { $trials } since { $since } ({ $percent }%), usually { $usual_percent }%. Clean the chip reader
finding-trend-bank = Only cards that begin with { $bank }: { $events } of { $trials } declined since { $since } ({ $percent }%), usually { $usual_percent }%; other cards work
finding-trend-code = More code { $code } than usual: { $events } of { $trials } since { $since } ({ $percent }%), usually { $usual_percent }%
finding-trend-declines = More declines than usual: { $events } of { $trials } since { $since } ({ $percent }%), usually { $usual_percent }%
finding-trend-latency = The host answers more slowly than usual: typically { $p50_s } s since { $since }, usually { $usual_s } s
finding-why-reader-fallback = If several different cards fail, the contacts of the chip reader are probably dirty; if it is one card, it is that card
finding-why-trend-fallback = If several different cards fail, the contacts of the chip reader are probably dirty; if it is one card, it is that card
finding-why-trend-bank = Cards of other banks go through: terminal and network are not the cause. Another card or a QR code works
finding-why-trend-code = These sales reached the acquirer's side and were answered; 31 explains the code
finding-why-trend-declines = These sales reached the acquirer's side and were answered: terminal and network are not the cause
finding-why-trend-latency = Sales are still answered, only slowly: do not charge again, wait for the result

## Parameters
finding-params-none = The payment application's parameters are not looked at: no file is configured
finding-params-not-told = The parameter file does not tell this
finding-params-untested = The parameters cannot be read, so this was not tested
finding-params-missing = The parameter file does not exist: { $file }
finding-params-denied = The parameter file may not be read: { $file }
finding-params-unreadable = { $line ->
    [0] The parameter file { $file } cannot be read: { $reason }
   *[other] The parameter file { $file } cannot be read, line { $line }: { $reason }
}
finding-params-no-key = The parameter file { $file } has no key { $key } ({ $name })
finding-params-ok = { $count ->
    [one] One parameter is there
   *[other] { $count } parameters are there
}
finding-params-bad-form = { $name } is { $have }, but must have { $length } letters or digits
finding-params-differs = { $name } is { $have }, but should be { $expected }
finding-params-not-journal = { $name } is { $have } in the parameters, but the terminal's sales carry { $journal }
finding-params-identity-ok = { $name } is { $have }
finding-params-no-number = { $name } is { $have }, which is no number
finding-params-limits-crossed = The limit of one sale ({ $limit_single }) is above the limit of a day ({ $limit_daily })
finding-params-limits-ok = Limits: one sale { $limit_single }, a day { $limit_daily }, contactless { $limit_contactless }
finding-params-keys-none = No { $name } is loaded: chip cards cannot be taken until parameters are downloaded
finding-params-keys-ok = Loaded: { $aid_count } card applications, { $ca_key_count } public keys
finding-version-nothing-expected = No version is expected of the payment application
finding-version-system = { $system }, kernel { $kernel }, console { $console }
finding-version-system-unnamed = The system does not say its name; kernel { $kernel }, console { $console }
finding-version-ok = The versions are the expected ones
