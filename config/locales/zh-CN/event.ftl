# 12 EVENTS: what happened, other than findings.
event-none = 还没有事件记录。
event-other = 事件: { $code }
event-start = 维护台开始监视
