# 7 UPDATE.
update-running = Console version { $version }
update-green-check = look for one
update-green-plan = show the plan
update-by-rauc = RAUC (two systems)
update-by-apt = the system's packages
update-by-command = the site's command
update-runs = Operating system: version { $version }.
update-runs-by = Version { $version } is running, kept by { $by }.
update-runs-unknown = Nobody wrote down which version is running.
update-offer = Version { $version } can be installed.
update-offer-size = Version { $version } can be installed, { $size } MB.
update-offer-same = The source has version { $version }, which is running already.
update-offer-older = The source has version { $version }, older than what is running.
update-signed-good = Its signature is good.
update-signed-later = Signature: checked after the download, before installing.
update-signed-manager = Signature: checked by the package manager.
update-changes = What changes: { $words }
update-source = Source: { $source }
update-asked = Asked last: { $time }
update-tried = Version { $version } has failed { $count } time(s).
update-slot = System { $slot } { $place } { $version } { $good }{ $next }
update-slot-runs = running
update-slot-other = spare
update-slot-untold = version unknown
update-slot-good = good
update-slot-bad = not confirmed
update-slot-unknown = state unknown
update-slot-next = , starts next
update-reason-broken = The new version does not work well
update-reason-wrong = The wrong version was installed
# What a plan does, and what one should know before.
update-deed-fetch = Fetch the file { $name }{ $mb ->
        [0] {""}
       *[other] {" "}({ $mb } MB)
    }, check its size and digest
update-deed-rauc = RAUC checks the signature and writes { $version } into the spare system
update-deed-mark = The system { $slot } { $state ->
        [active] starts next
        [good] is marked as good
       *[other] is marked as bad
    }
update-deed-by = { $verb ->
        [fetch] Fetch the new packages and what runs now, before anything changes
        [install] Check the signature and install
        [refresh] Read the lists of packages anew
       *[other] Put back the version before
    }
update-step-ask = Ask the source for its version and check the signature
update-step-restart = Restart the terminal while no sale is under way
update-step-restart-asked = Restart the terminal, if the system asks for it, while no sale is under way
update-step-prove = See within { $seconds } s that what worked before works again
update-note-versions = From { $old } to { $new }.
update-note-returns = If that cannot be seen, { $version } comes back by itself; after a power cut too.
# How far it is.
update-before = Noting what works now.
update-waits = A sale is in flight; it goes on when that has ended.
update-goes-on = The installer is still writing the spare system; waiting for it.
update-restart-waits = Installed. A sale is in flight; the restart comes when it has ended.
update-restarting = The terminal restarts.
update-restart-by-hand = Installed, but the terminal did not restart. Restart it with 68 when no sale is under way; the new version runs after that.
update-restart-back = The old version is set to start, but the terminal did not restart. Restart it with 68 when no sale is under way.
update-proving = Looking whether { $version } works; sales can go on.
update-missing = The check { $id } says nothing.
update-returning = Bringing back { $version }.
update-found = Version { $version } can be installed.
update-found-same = The source has { $version }, which is running already.
# How it ended.
update-not-kept = The installation cannot be remembered on the medium; nothing was done.
update-good = { $new } runs, and what worked before works.
update-gone-back = { $new } runs again, and what worked before works.
update-broke = The update was not installed; { $old } still runs and takes money as before: { $detail }
update-broke-well = The installation broke off, but the terminal tests well: { $detail }
update-interrupted = The update was interrupted (power cut or program ended); { $old } still runs and takes money as before.
update-untouched = Installing was not begun, nothing has changed: { $detail }
update-back = The update did not work; { $old } is back. Nothing to do.
update-fell-back = The new version did not start; the terminal went back to { $old } by itself. Nothing to do.
update-back-well = What worked before works again; money can be taken.
update-back-but = One thing has not come back yet:
update-sick = After going to { $new } something has not come back. Call support.
update-no-return = { $old } could not be brought back. Call support: { $detail }
update-gave-up = { $new } has failed { $count } times and is not tried again; { $old } runs.
update-no-figure = The installer is at work; it does not tell how far it is.
update-disk-full = The medium is full; nothing has changed.
update-broke-off = The download broke off; the next try goes on where it stopped. Nothing has changed.
update-called-off = Called off; nothing has changed.
