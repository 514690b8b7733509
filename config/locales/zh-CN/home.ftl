# 0 HOME: thirteen lines of forty cells, so every word counts.
home-lamp-network = 网络
home-lamp-host = 收单主机
home-lamp-reader = 读卡
home-lamp-printer = 打印
home-lamp-power = 供电
home-lamp-clock = 时钟
home-lamp-app = 应用
home-lamp-storage = 存储
home-way-insert = 插卡
home-way-tap = 挥卡
home-way-swipe = 刷卡
home-way-scan = 扫码
home-way-print = 打印
home-pay =
    可收款，上次成功:
    { $ways }
home-pay-doubtful =
    可能收不了款，上次成功:
    { $ways }
home-pay-none = 还没有收款成功的记录。
home-pay-no-journal = 没有配置交易日志，看不到收款情况。
home-worst = 要紧: { $sentence }
home-worst-more = 要紧: { $sentence }（另有{ $more }项）
home-fine = 已测{ $ok }项，没有发现问题。
home-fine-but = 已测{ $ok }项正常，{ $open }项未测或不明。
home-checking = 正在做第一次体检。
home-checking-so-far = 正在做第一次体检，已测{ $ok }项，还没有发现问题。
home-untested = 还没有做过体检，按1开始。
home-last = 末笔 { $time } { $what } { $outcome }
home-last-code = 末笔 { $time } { $what } { $outcome } 码{ $code }
home-green-sale = 看这笔
home-green-verdict = 看结论
home-green-checkup = 体检
home-run = { $action }进行中，按0 0查看
home-run-done = { $action }成功，按0 0看结果
home-run-failed = { $action }没成功，按0 0看结果
home-run-undone = { $action }已撤销，按0 0看结果
home-green-run = 待确认
home-green-fix = 去修复
