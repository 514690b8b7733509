# 6 FIX and the screens that offer one action each.
fix-head = Open a line to read what it does; only green acts.
fix-line = ~{ $seconds } s { $risk ->
        [0] look
        [1] green
        [2] green+2 digits
       *[other] green+4 digits
    }
fix-not-here = not in this version
fix-unavailable = This action is not in this version; nothing was touched.
fix-codes-not-cured = No action here changes an answer of the bank, such as code 51 or code 61.
fix-plugins = Actions of this site, 691-698: none configured.
fix-asks = About { $seconds } s; asks for: { $risk ->
        [0] nothing, it only looks
        [1] green
        [2] green and 2 shown digits
       *[other] a technician and 4 shown digits
    }
fix-role = Only the role { $role } may do this.
fix-green-do = do it
fix-confirm-none = No change waits for a confirmation.
fix-instead-restart-network = For now: unplug and plug the cable, or switch the router off and on, wait 2 minutes, then look at PATH.
fix-instead-sync-time = For now: a technician sets the time with the system, such as chronyc makestep.
fix-instead-reset-reader = For now: clean the slot, try another card, open the payment application's sale screen again.
fix-instead-restart-app = For now: with nothing in flight, leave and start the payment application in its own way.
fix-instead-sign-on = For now: sign on from the payment application's own menu.
fix-instead-reset-printer = For now: open the lid, seat the roll again, close the lid.
fix-instead-reboot = For now: with nothing in flight, hold the power key.
fix-instead-net-setup = For now: the system's own network settings, such as nmtui.
fix-instead-power-off = For now: with nothing in flight, hold the power key.
fix-reason-ask = A digit says why, then green.
fix-reason-chosen = chosen
fix-reason-frozen = frozen or very slow
fix-reason-support = support asked for it
fix-reason-update = after an update or a new part
fix-reason-move = it is moved or put away
fix-reason-other = something else
fix-plugins-some = Actions of this site: 9.
fix-plugin-none = nothing is laid down
