# 12 EVENTS: what happened, other than findings.
event-none = No events yet.
event-other = Event: { $code }
event-start = the console began to watch
event-walk = Step by step, { $title }: who acts: { $who }; do it again: { $rule }
