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
network-day-cable = 每格1小时: .正常 x故障 -未测
network-day-radio = 每格1小时: 4强-0断 .正常 x故障 -未测
network-days = { $days }天
# 24 TRACE
network-trace-green = 跟踪
network-trace-columns = 跳数、地址、丢包、毫秒 最小/平均/最大
network-trace-hop = 第{ $nth }跳 { $address }
network-trace-quiet = 第{ $nth }跳 没有应答
network-trace-break = -- 断在这里 --
network-trace-at = { $time }跟踪
network-trace-only = 不查域名；不向主机发送数据。
network-trace-none = 还没有跟踪过: 按绿键开始，约几秒。
# 21 SIGNAL
network-cable = { $speed_mbit } Mbit/s，{ $duplex ->
    [half] 半双工
   *[full] 全双工
}
network-errors = 出错的包: 收{ $rx_errors }，发{ $tx_errors }
network-channel = 信道{ $channel }，{ $mbit } Mbit/s
network-average = { $connected } 连上，平均 { $dbm_avg } dBm
network-resent = 重发{ $retries }次，放弃{ $failed }次
network-retries = 反复重发{ $retries }次
network-failed = 发送放弃{ $failed }次
network-beacons = 信标丢失{ $beacon_loss }次
network-roams = 换接入点{ $roams_count }次: { $roams }
network-apn = APN { $apn }
network-lte = RSRP { $rsrp_dbm } dBm，RSRQ { $rsrq_db } dB
