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
network-day-cable = A sign an hour: . ok, x bad, - unseen
network-day-radio = A sign an hour: 4 strong to 0 gone, . ok, x bad, - unseen
network-days = { $days ->
        [one] 1 day
       *[other] { $days } days
    }
# 24 TRACE
network-trace-green = trace
network-trace-columns = hop, address, loss, ms least/average/most
network-trace-hop = hop { $nth } { $address }
network-trace-quiet = hop { $nth } does not answer
network-trace-break = -- break --
network-trace-at = Traced at { $time }
network-trace-only = Names are not looked up; no data is sent to the host.
network-trace-none = Not traced yet: green begins, some seconds.
# 21 SIGNAL
network-cable = { $speed_mbit } Mbit/s, { $duplex ->
    [half] half duplex
   *[full] full duplex
}
network-errors = faulty packets: { $rx_errors } in, { $tx_errors } out
network-channel = channel { $channel }, { $mbit } Mbit/s
network-average = { $dbm_avg } dBm on average since { $connected }
network-resent = sent again: { $retries }, given up: { $failed }
network-retries = sent again and again: { $retries }
network-failed = given up: { $failed }
network-beacons = beacons missed: { $beacon_loss }
network-roams = other access point { $roams_count }x: { $roams }
network-apn = APN { $apn }
network-lte = RSRP { $rsrp_dbm } dBm, RSRQ { $rsrq_db } dB
