# 12 EVENTS: what happened, other than findings.
event-none = 还没有事件记录。
event-other = 事件: { $code }
event-start = 维护台开始监视
event-walk = 一步一步, { $title }: 由谁处理: { $who }; 能否再做: { $rule }
event-run-done = { $action ->
        [restart-network] 重启网络
        [sync-time] 对时
       *[other] { $action }
    }完成
event-run-failed = { $action ->
        [restart-network] 重启网络
        [sync-time] 对时
       *[other] { $action }
    }没有成功
event-run-undone = { $action ->
        [restart-network] 重启网络
        [sync-time] 对时
       *[other] { $action }
    }已撤销
