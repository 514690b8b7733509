# 2 NETWORK, 22 PATH, 23 ACQUIRER.
network-no-wifi = 没有正在使用的 Wi-Fi。
network-no-cell = 没有移动网络模块。
network-day = { $subject } 24小时 { $line }
network-green-path = 线路检测
network-nothing-known = 还没有网络检查结果。按1体检后再看。
network-broken-at = 断在第{ $step }步
network-broken = 断在第{ $step }步: { $sentence }
network-whole = 每一步都通。
network-unsure = 没有发现断点，但有的步骤还不能确定。
network-no-host = 没有配置收单主机，主机这几步测不了。
network-no-reply = 日志里还没有主机的答复。
network-reply = { $time } 答复{ $code } { $host }
network-days = { $days }天
