# Sentences whose key begins with refused-: why the agent did not do it.
refused-role = 您的角色不能做这件事, 需要: { $detail }。
refused-unavailable = 本版本还不能执行 { $detail }, 已记入操作记录。
refused-needs-agent = 这项操作可能切断您的连接, 需要代理 (pos-console agent) 在运行才能执行。
refused-unknown-action = 没有这项操作: { $detail }。
refused-audit = 操作记录写不进去, 所以没有执行。
refused-busy = 现在不行: { $detail }。
refused-bad-request = 看不懂这个请求: { $detail }。
refused-lost = 与代理的连接断开了。
refused-store = 数据库没有回答: { $detail }。
refused-unknown-check = 没有这个检查项或范围: { $detail }
