# Plans of actions, their progress and their results.
run-planning = Looking at this machine; the plan follows.
run-guard = Guard: undone by itself after { $seconds } s unless proved or confirmed.
run-deed-run = Run { $argv }
run-deed-unit = Restart the service { $unit }
run-deed-reconnect = Connect { $interface } again
run-rung-reload = If not: read the settings again, connect { $interface }
run-deed-reload = Read the network settings again
run-deed-checkpoint = Keep a checkpoint
run-deed-rollback = Go back to the checkpoint
run-deed-forget = Let the checkpoint go
run-deed-reapply = Give { $interface } its former address
run-deed-restore = Put back addresses, routes and name servers
run-note-manager = The network is run by { $manager }.
run-note-session = Your connection runs over { $interface }: the screen will stop for a while. Leave it open, or log in anew: 00 comes first.
run-note-other-link = Your connection runs over { $interface }, which is not restarted.
run-note-along = Restarting networking.service takes { $interface } down for a while too.
run-note-tunnel = You came through a tunnel: it cannot be proved that you are back. Keep it on 00 afterwards.
run-note-untold = How you came here cannot be seen, so it cannot be proved that you are back. Keep it on 00 afterwards.
run-note-no-route = There is no default route now.
run-note-waiting = { $count } reversal(s) or upload(s) wait; they go out by themselves once the network is back.
run-note-not-done = The terminal itself is not restarted.
run-clock-offset = The clock is { $seconds } s { $way ->
        [ahead] ahead
       *[other] behind
    } ({ $server }).
run-clock-target = The right time is { $time }.
run-clock-measuring = Measuring the clock again.
run-clock-right = Measured again: { $seconds } s { $way ->
        [ahead] ahead
       *[other] behind
    } ({ $server }); the clock is right.
run-clock-wrong = Measured again: still { $seconds } s { $way ->
        [ahead] ahead
       *[other] behind
    } ({ $server }); it did not work.
run-clock-before = Before it was { $seconds } s { $way ->
        [ahead] ahead
       *[other] behind
    }.
run-clock-unproved = No time server answered: it is not proved that the clock is right.
run-step-waiting = waits
run-step-running = running
run-step-done = done
run-step-failed = failed
run-step-skipped = not needed
run-phase-holding = { $action }: waits for a sale, nothing was touched yet (since { $time }).
run-phase-acting = { $action }: at work (since { $time }).
run-phase-checking = { $action }: testing (since { $time }).
run-phase-confirming = { $action }: waits for a confirmation (since { $time }).
run-phase-undoing = { $action }: being undone (since { $time }).
run-end-done = { $action }: done (begun { $time }).
run-end-failed = { $action }: did not work (begun { $time }).
run-end-undone = { $action }: undone (begun { $time }).
run-holding = { $count } transaction(s) in flight: it begins when they end, { $seconds } s at most. Leaving changes nothing.
run-held = A transaction did not end; nothing was done.
run-no-snapshot = The present settings cannot be read; nothing was done.
run-not-armed = The guard cannot be remembered on the medium; nothing was done.
run-checking = Testing the network step by step.
run-broken = The network does not work yet:
run-wait-proof = The network works; waiting to see your connection move, or for a keep on 00.
run-wait-tunnel = The network works; you came through a tunnel, so keep it on 00 or it is undone.
run-wait-untold = The network works; whether you are back cannot be seen, so keep it on 00 or it is undone.
run-undoing = Putting back what was before.
run-kept-proved = All tests passed; kept by itself.
run-kept-by = Kept by { $who }.
run-no-help = It did not help; the settings are as before, nothing had to be put back.
run-undone-by = Undone by { $who }; the former settings are back.
run-undone-boot = The terminal restarted in between; the guard has seen to it.
run-undone-broken = The tests failed; the former settings are back.
run-undone-late = Nobody confirmed it in time; the former settings are back.
run-undone-not = Undone, but not all of what was before is back: look at PATH, 0 2 2.
run-kept-now = Kept.
run-undo-now = Being undone.
run-green-keep = keep
run-green-undo = undo
run-green-noted = noted
run-choice-keep = keep this change
run-choice-undo = undo it, put back what was before
run-sure-keep = Green keeps it.
run-sure-undo = Green undoes it.
run-clock-measure = Let chrony measure against its servers anew
run-clock-wait = Wait until it has measured
run-clock-step = Let chrony correct the clock at once
run-deed-start = Start the unit { $unit }
run-deed-printer = reset the printer { $device } and feed a line
run-deed-print = print { $lines } lines on { $device }
run-note-slip = Look at the paper then: a blank one mostly means that the roll is the wrong way round.
run-note-near-end = The roll is nearly at its end.
run-note-mute-printer = This printer tells nothing about itself: the paper shows whether it printed.
run-deed-reboot = Let the system start anew
run-deed-power-off = Let the system switch off
run-note-healthy = { $argv } tells afterwards whether the application is well.
run-note-unproved = Nothing is set that tells whether the application is well; only that it starts is seen.
run-note-plugin = { $en } ({ $zh })
run-step-refused = Step { $n } failed: { $detail }
run-proving = Looking whether it helped.
run-done-proved = Done, and proved.
run-done-unproved = Done; nothing here can prove that it helped.
run-not-standing = The unit { $unit } does not stand: { $state }.
run-not-well = { $argv } says that it is not well: { $detail }
run-note-in-flight = { $count } transaction(s) in flight: nothing is touched before they end ({ $seconds } s at most).
run-deed-step-clock = move the clock by what was measured
run-deed-wifi = Connect { $interface } to the Wi-Fi network { $ssid }
run-deed-automatic = Let { $interface } get its address from the network
run-deed-fixed = Give { $interface } the address { $address }, gateway { $gateway }, name server { $dns }
run-deed-mobile = Put the mobile network ({ $interface }) first, APN { $apn }
run-deed-save = Write the new settings down
run-deed-forget-profile = Take the tried settings away
run-deed-disconnect = Disconnect the mobile network ({ $interface })
run-deed-aside = Keep the mobile network's settings for later
run-note-set-up = The new settings are written down only once they are kept; a power cut brings the former ones back.
run-set-up-password = The Wi-Fi password is not right.
run-set-up-no-address = The network gave no address (DHCP).
run-set-up-out-of-reach = That Wi-Fi network is not in reach.
run-set-up-radio = The router refused the connection.
run-set-up-sim = The SIM card is missing, locked or refused.
run-set-up-apn = The mobile network refuses this access point (APN).
run-set-up-mobile = The mobile network did not take the terminal in.
run-set-up-cable = The cable is out.
run-set-up-other = The new settings did not come about.
run-set-up-as-before = The former settings are in force again.
run-clock-typed-before = The clock says { $time } now.
run-clock-typed-after = Then it would say { $time }, as typed.
run-clock-typed-right = The clock says { $time }, as typed; no other source confirms it.
run-clock-typed-wrong = The clock says { $time }; it did not take what was typed.
run-deed-step-typed = set the clock to the typed time
run-by-phone = Support can allow it by phone: 92, line 3, then type 00.
run-deed-radio = Switch the { $radio } radio { $way ->
        [on] on
       *[other] off
    }
run-rung-radio = If not: switch the { $radio } radio off and on, connect { $interface } again
run-deed-wifi-again = Join the Wi-Fi network again ({ $interface })
run-deed-modem = Switch the modem { $modem } { $way ->
        [on] on
       *[other] off
    }
run-note-radio = The radio of { $interface } will not be switched off and on: { $why ->
        [missing] nobody here manages it
        [denied] this service may not reach who manages it
        [late] whoever manages it does not answer
        [sim-pin] its SIM card would ask for the PIN
       *[other] { $why }
    }.
run-note-last-rung = If the network is dead even after it was put back, the terminal restarts once that day, never while the shop is open unless that is set.
