# 12 EVENTS: what happened, other than findings.
event-none = 还没有事件记录。
event-other = 事件: { $code }
event-agent-started = 后台服务启动，版本{ $version }
