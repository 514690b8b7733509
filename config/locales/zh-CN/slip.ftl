# What stands on a slip from 51: 32 cells wide.
slip-test = 打印测试条
slip-acceptance = 开通/换机验收单
slip-no-receipt = (不是交易凭证)
slip-tid = 终端号TID { $value }
slip-mid = 商户号MID { $value }
slip-serial = 序列号 { $value }
slip-test-look = 上面的字清楚、左右不缺、黑条均匀，打印就正常。
slip-accepted = 验收 { $time } { $who }
slip-mark-fine = 正常
slip-mark-fault = 有问题
slip-mark-skipped = 没有看
slip-mark-absent = 没有
slip-mark-proved = 已检测
slip-sign = 签字:
