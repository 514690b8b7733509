# 12 EVENTS: what happened, other than findings.
event-none = No events yet.
event-other = Event: { $code }
event-start = the console began to watch
event-walk = Step by step, { $title }: who acts: { $who }; do it again: { $rule }
event-run-done = { $action ->
        [restart-network] restart network
        [sync-time] sync time
       *[other] { $action }
    }: done
event-run-failed = { $action ->
        [restart-network] restart network
        [sync-time] sync time
       *[other] { $action }
    }: did not work
event-run-undone = { $action ->
        [restart-network] restart network
        [sync-time] sync time
       *[other] { $action }
    }: undone
