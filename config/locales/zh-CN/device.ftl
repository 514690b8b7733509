# 5 DEVICE and 56 SYSTEM.
device-tid = 终端号TID: { $value }
device-mid = 商户号MID: { $value }
device-serial = 序列号: { $value }
device-machine = 主机名: { $value }
device-not-known = 未知
device-clock-now = 本机时间 { $time }
device-agent = 后台服务 版本{ $version }
device-agent-inside = 后台服务在本程序内运行 版本{ $version }
device-store = 本机记录 { $sales }笔交易，{ $megabytes }MB
device-set-aside = 损坏的记录已另存: { $name }
