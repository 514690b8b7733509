# Sentences whose key begins with refused-: why the agent did not do it.
refused-role = Your role may not do this; it needs: { $detail }.
refused-unavailable = This version cannot run { $detail } yet; the wish is in the audit.
refused-needs-agent = This action could cut your own line, so it needs the agent (pos-console agent) to be running.
refused-unknown-action = There is no such action: { $detail }.
refused-audit = The audit cannot be written, so nothing was done.
refused-busy = Not now: { $detail }.
refused-bad-request = The request is not understood: { $detail }.
refused-lost = The connection to the agent is lost.
refused-store = The store did not answer: { $detail }.
refused-unknown-check = There is no such check or area: { $detail }
refused-batch-open = { $detail } sale(s) not settled; settle first.
refused-stale-plan = This plan has been used or is too old; nothing was done. Look again, then press.
refused-plan-changed = Things have changed since the plan was shown; nothing was done. Look again.
refused-no-guard = No change waits for a confirmation.
refused-no-interface = There is no network interface to restart { $detail }.
refused-no-manager = Nobody who manages the network was found (setting: { $detail }); it cannot be restarted from here.
refused-net-by-hand = Only hands bring { $detail } up: /etc/network/interfaces has neither auto nor allow-hotplug for it, so there is nobody here to do it anew.
refused-net-along = Only networking.service could bring it up anew, and that would take { $detail } down too without bringing it up again; not done. Take that down by hand first, or make it auto.
refused-no-time-keeper = Nobody who keeps the clock was found (setting: { $detail }); it cannot be set from here.
refused-no-time-source = No time server answered { $detail }; the right time is not known.
refused-clock-disagree = The time sources disagree: { $detail }. A technician has to say yes.
refused-clock-too-old = The target is before the build date { $detail }. A technician has to say yes.
refused-clock-behind-sales = It would step back behind the last answered sale of { $detail }. A technician has to say yes.
refused-passcode-unset = This passcode is not set; it is set at installation.
refused-passcode-wrong = Wrong passcode. { $detail ->
        [0] Try again.
       *[other] Wait { $detail } s.
    }
refused-passcode-wait = Too many wrong tries: { $detail } s to wait.
refused-passcode-weak = A passcode has 6 to 12 digits, not all the same and not in a row.
refused-passcode-root = Passcodes and keys are set at installation by root; if forgotten, call support.
refused-phone-unset = This terminal has no key for support by phone; ask the service provider.
refused-phone-none = No digits wait for an answer, or they are used up or too old; draw new ones.
refused-phone-wrong = Wrong answer. { $detail ->
        [0] Compare and try again.
       *[other] Wait { $detail } s.
    }
refused-phone-key = A key has 64 hexadecimal digits.
refused-no-hook = No sign-on command is configured; sign on in the payment application's menu.
refused-no-reader-way = There is no card service here, and no way to reset the reader is configured.
refused-no-app = No unit or command of the payment application is configured.
refused-no-printer-way = No printer device or command is configured.
refused-print-none = No printer was found.
refused-print-nothing = There was no acceptance yet: nothing to print.
refused-print-queue = The printer is a queue of the system ({ $detail }): print a test page from there.
refused-print-paper = No paper: put a roll in, then print.
refused-print-cover = The cover is open: close it, then print.
refused-print-hot = The print head is hot or lacks power: wait some minutes.
refused-print-fault = The printer reports a fault: try 0 6 6 PRINT RESET first.
refused-print-gone = The printer is gone ({ $detail }): connect it, then print.
refused-print-held = The payment application holds the printer: leave its sale screen, then print.
refused-print-unknown = The printer cannot be asked: { $detail }
refused-plugin-none = Nothing is laid down under this number { $detail }.
refused-plugin-owner = Not taken: the file or the program is not root's. { $detail }
refused-plugin-writable = Not taken: others can write the file or the program. { $detail }
refused-plugin-unreadable = Not taken: it cannot be read. { $detail }
refused-reason-wanted = Say why first (command line: --reason).
refused-set-nothing = Nothing has been chosen yet: choose on 95, or with --set.
refused-set-manager = NetworkManager does not run the network here, so it cannot be set from here. With systemd-networkd, ifupdown or a command of its own the provider changes the system's files.
refused-set-late = NetworkManager did not answer in time. Try again in a while; if it stays so, 0 6 1 restarts the network.
refused-set-untold = NetworkManager did not tell what is set now ({ $detail }). Try again in a while.
refused-set-no-device = There is no such device here: { $detail }
refused-set-lock = This kind of Wi-Fi lock (WEP, or a name for each user) cannot be set here.
refused-set-name = That is no name of a device or network.
refused-set-password = A Wi-Fi password has 8 to 63 letters, digits or signs.
refused-set-address = That address does not fit its net.
refused-set-gateway = The gateway is not in the same net as the address.
refused-set-apn = An APN has letters, digits, dots and dashes only.
refused-clock-typed = That is no time: { $detail }. Year, month, day, hour, minute: 12 digits.
refused-upgrade-none = Nothing that installs new versions was found here (setting: { $detail }).
refused-upgrade-no-source = Nobody has set where new versions come from ([update] source).
refused-upgrade-not-asked = The update server has not been asked yet: press green on 71 first.
refused-upgrade-nothing = There is no new version { $detail }.
refused-upgrade-several = There are several bundles and none is named: { $detail }
refused-upgrade-source = The source of new versions cannot be read: { $detail }
refused-upgrade-manifest = The update's manifest is wrong: { $detail }
refused-upgrade-signature = The signature does not pass, so it is not installed: { $detail ->
        [unsigned] there is no signature file
        [foreign] signed with another key than the configured one
        [wrong] file and signature do not match (damaged or changed)
        [unreadable] the signature file cannot be read (perhaps cut off)
        [legacy] old form of signature; sign it again with a current minisign
        [key] the configured public key is no key
        [version] no version among the signed words, or another one than the manifest's
       *[other] { $detail }
    }
refused-upgrade-too-big = The bundle has { $detail } MB, more than is allowed here.
refused-upgrade-gave-up = Version { $detail } has failed too often. A technician has to say yes.
refused-upgrade-same = Version { $detail } is running already. A technician has to say yes to install it again.
refused-upgrade-older = Version { $detail } is older than what is running. A technician has to say yes.
refused-upgrade-slots = There is no spare system (systems: { $detail }).
refused-upgrade-busy = The installer is busy; look again later { $detail }.
refused-upgrade-unproved = The running system { $detail } is not confirmed as good, and the spare one is the only way back. A technician has to say yes.
refused-upgrade-no-key = No public key is set: no bundle is installed.
refused-upgrade-no-way-back = Afterwards the version before cannot come back by itself { $detail }. A technician has to say yes.
refused-upgrade-no-previous = Nobody wrote down the version before; there is no way back { $detail }.
refused-upgrade-open = The shop is open ({ $detail }): install after closing time. A technician may say yes to now.
refused-upgrade-power = No mains, and { $detail } % of charge is not enough: plug it in first.
refused-upgrade-space = Not enough space: { $detail } MB are free.
refused-upgrade-agent = Somebody has to see to it after the restart, so the agent (pos-console agent) has to be running.
refused-upgrade-other = The spare system { $detail } is not confirmed as good and may not work. A technician has to say yes.
