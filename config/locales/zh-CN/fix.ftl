# 6 FIX and the screens that offer one action each.
fix-head = 打开一项可看它做什么；只有绿键才会动手。
fix-line = { $seconds ->
       *[other] 约{ $seconds }秒
    } { $risk ->
        [0] 只看
        [1] 绿键
        [2] 绿+2位码
       *[other] 绿+4位码
    }
fix-not-here = 本版本尚未提供
fix-unavailable = 本版本尚未提供这个操作，没有动任何东西。
fix-codes-not-cured = 修复操作不会改变银行的答复，例如码51、码61。
fix-plugins = 现场自定义操作691-698: 没有配置。
fix-asks = 约{ $seconds }秒，要求: { $risk ->
        [0] 只看，不动任何东西
        [1] 绿键
        [2] 绿键，再输入屏上的2位码
       *[other] 技术员，再输入屏上的4位码
    }
fix-role = 需要{ $role }身份才能执行。
fix-green-do = 执行
fix-confirm-none = 没有等待确认的更改。
fix-instead-restart-network = 现在可以: 拔插网线，或关开路由器电源，等2分钟再看线路检测。
fix-instead-sync-time = 现在可以: 由技术员用系统命令对时，例如 chronyc makestep。
fix-instead-reset-reader = 现在可以: 清洁卡槽，换一张卡再试；在收银应用里重新进入收款。
fix-instead-restart-app = 现在可以: 没有在途交易时，按收银应用自己的方式退出再打开。
fix-instead-sign-on = 现在可以: 在收银应用的管理菜单里签到。
fix-instead-reset-printer = 现在可以: 开盖，重装纸卷，合盖到位。
fix-instead-reboot = 现在可以: 没有在途交易时，长按电源键重启终端。
fix-instead-net-setup = 现在可以: 用系统自带的网络设置，例如 nmtui。
fix-instead-power-off = 现在可以: 没有在途交易时，长按电源键关机。
fix-reason-ask = 按数字选原因，再按绿键。
fix-reason-chosen = 已选
fix-reason-frozen = 终端卡住或很慢
fix-reason-support = 客服要求
fix-reason-update = 更新或更换部件之后
fix-reason-move = 搬动或收起终端
fix-reason-other = 其他
fix-plugins-some = 现场自定义操作: 按9。
fix-plugin-none = 没有配置
