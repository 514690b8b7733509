# 12 EVENTS: what happened, other than findings.
event-none = 还没有事件记录。
event-other = 事件: { $code }
event-start = 维护台开始监视
event-walk = 一步一步, { $title }: 由谁处理: { $who }; 能否再做: { $rule }
