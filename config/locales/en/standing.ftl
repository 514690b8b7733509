# How the terminal stands, against its acceptance and the last day without a fault: 55 and 11.
standing-install = { $count ->
        [0] As it was accepted on { $time }.
        [one] One thing differs from the acceptance on { $time }.
       *[other] { $count } things differ from the acceptance on { $time }.
    }
standing-no-install = Never accepted here: once the handbook's round "Acceptance of a terminal" is done, this shows what differs.
standing-good-day = { $count ->
        [0] As on the last good day, { $time }.
        [one] One thing has changed since the last good day, { $time }.
       *[other] { $count } things have changed since the last good day, { $time }.
    }
standing-since-day = Changed: { $part }, was { $then }, is { $now }
standing-since-install = Not as accepted: { $part }, was { $then }, is { $now }
standing-changed = Changed since the last good day, { $time }: { $parts } (see 0 5 5)
standing-tid = TID
standing-mid = MID
standing-serial = serial number
standing-link = network links
standing-address = address
standing-gateway = gateway
standing-dns = name servers
standing-wifi = Wi-Fi
standing-operator = mobile network
standing-apn = APN
standing-issuer = issuer of a host's certificate
standing-readers = card readers
standing-printer = printer
standing-usb = USB parts
standing-system = system
standing-kernel = kernel
standing-app = payment application
standing-params = parameters
