# 2 NETWORK, 22 PATH, 23 ACQUIRER.
network-no-wifi = No Wi-Fi in use: not present.
network-no-cell = No mobile network module: not present.
network-day = { $subject } 24 h { $line }
network-green-path = test the path
network-nothing-known = No network results yet. Run a check-up with 1.
network-broken-at = broken at step { $step }
network-broken = Broken at step { $step }: { $sentence }
network-whole = Every step works.
network-unsure = No broken step found, but some could not be told.
network-no-host = No acquirer host configured: those steps cannot be tested.
network-no-reply = The journal holds no reply of a host yet.
network-reply = { $time } replied { $code } { $host }
network-days = { $days ->
        [one] 1 day
       *[other] { $days } days
    }
