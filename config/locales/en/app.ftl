# Sentences whose key begins with app-.
app-connecting = connecting
app-in-process = in-process
app-lost = Agent gone { $since }, data of { $at }
app-lost-empty = Agent gone { $since }, reconnecting
app-seconds = { $n }s
app-minutes = { $n }min
app-enlarge = Please enlarge the window (20x8 or more)
app-dial = SCR{ $id }_
app-role-viewer = viewer
app-role-merchant = merchant
app-role-support = support
app-role-technician = technician
app-lamp-network = NET
app-lamp-host = HST
app-lamp-reader = RDR
app-lamp-printer = PRN
app-lamp-power = PWR
app-lamp-clock = CLK
app-lamp-app = APP
app-lamp-system = SYS
app-lamp-sales = TXN
app-bar-green = Green=
app-bar-yellow = Yellow=
app-bar-red = Red=
app-bar-g = G=
app-bar-y = Y=
app-bar-r = R=
app-bar-more = 9=more { $page }/{ $pages }
app-bar-page = page { $page }/{ $pages }
app-green-accept = OK
app-green-open = open
app-green-open-n = open { $n }
app-green-news = show new
app-green-leave = leave
app-green-leave-kiosk = to till
app-green-yes = do it
app-green-type = code first
app-yellow-back = back
app-yellow-delete = delete
app-yellow-wipe = wipe
app-yellow-stay = stay
app-red-home = HOME
app-red-leave = leave
app-nothing = -
app-red-no = no
app-red-close = close
app-leave = Leave the maintenance console? Green leaves; any digit goes on.
app-leave-kiosk = Back to the till? Green goes back; any digit goes on.
app-waiting = { $count } new
app-no-screen = There is no screen { $id }. Press 0 to dial again.
app-no-line = There is no line { $n } here.
app-accepted = Started; the result shows here and on 12 EVENTS.
app-done = Done.
app-refused = Not done: { $detail }
app-dialog-green = Green does it, red does not.
app-dialog-code = Type the code { $code }: { $typed } then green.
app-palette-none = Nothing found.
app-palette-code = CODE { $code } { $short }
app-palette-screen = SCREEN { $title }
app-guard = undo in { $left }; press 0 0 to keep
