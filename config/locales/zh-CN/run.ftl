# 操作的方案、进度和结果。
run-planning = 正在查看本机，马上显示方案。
run-guard = 守护: { $seconds } 秒内没有证明或确认，自动撤回。
run-deed-run = 执行 { $argv }
run-deed-unit = 重启服务 { $unit }
run-deed-reconnect = 重新连接 { $interface }
run-rung-reload = 不行则重读配置，再连接 { $interface }
run-deed-reload = 重读网络配置
run-deed-checkpoint = 保存检查点
run-deed-rollback = 退回检查点
run-deed-forget = 删除检查点
run-deed-reapply = { $interface } 用回原来的地址
run-deed-restore = 恢复原来的地址、路由和DNS
run-note-manager = 网络由 { $manager } 管理。
run-note-session = 您的连接走 { $interface }: 画面会停一会儿，不用关窗口；也可另开一个登录，第一屏就是确认页。
run-note-other-link = 您的连接走 { $interface }，不在重启之列。
run-note-along = 重启 networking.service 时，{ $interface } 也会短暂断开。
run-note-tunnel = 您经隧道或转发进来，无法自动证明连接恢复: 完成后要按 00 保留。
run-note-untold = 看不到您是怎么连进来的，无法自动证明连接恢复: 完成后要按 00 保留。
run-note-no-route = 现在没有默认路由。
run-note-waiting = 有 { $count } 笔冲正或上送待发，恢复网络后会自动发送。
run-note-not-done = 不会重启终端。
run-clock-offset = 时钟{ $way ->
        [ahead] 快
       *[other] 慢
    } { $seconds } 秒（{ $server }）。
run-clock-target = 准确时间是 { $time }。
run-clock-measuring = 正在重新测量时钟。
run-clock-right = 对时后再测: { $way ->
        [ahead] 快
       *[other] 慢
    } { $seconds } 秒（{ $server }），时钟正确。
run-clock-wrong = 对时后再测: 仍{ $way ->
        [ahead] 快
       *[other] 慢
    } { $seconds } 秒（{ $server }），没有对准。
run-clock-before = 对时前{ $way ->
        [ahead] 快
       *[other] 慢
    } { $seconds } 秒。
run-clock-unproved = 没有时间服务器回应，无法证明时钟已对准。
run-step-waiting = 等待
run-step-running = 进行中
run-step-done = 完成
run-step-failed = 失败
run-step-skipped = 不需要
run-phase-holding = { $action }: 等交易结束，还没有动任何东西（{ $time } 开始）。
run-phase-acting = { $action }: 正在执行（{ $time } 开始）。
run-phase-checking = { $action }: 正在检测（{ $time } 开始）。
run-phase-confirming = { $action }: 等待确认（{ $time } 开始）。
run-phase-undoing = { $action }: 正在撤回（{ $time } 开始）。
run-end-done = { $action }: 成功（{ $time } 开始）。
run-end-failed = { $action }: 没有成功（{ $time } 开始）。
run-end-undone = { $action }: 已撤销（{ $time } 开始）。
run-holding = 有 { $count } 笔交易在途，结束后自动开始；最多再等 { $seconds } 秒。红键离开不影响。
run-held = 交易一直没有结束，什么都没做。
run-no-snapshot = 读不到现在的网络设置，什么都没做。
run-not-armed = 守护记录写不进存储，什么都没做。
run-checking = 正在逐级检测网络。
run-broken = 网络还不通:
run-wait-proof = 网络正常；正在等您的连接恢复，或按 00 保留。
run-wait-tunnel = 网络正常；您经隧道进来，请按 00 保留，否则自动撤回。
run-wait-untold = 网络正常；看不到您的连接是否恢复，请按 00 保留，否则自动撤回。
run-undoing = 正在恢复原来的设置。
run-kept-proved = 检测通过，已自动保留。
run-kept-by = 由 { $who } 确认保留。
run-no-help = 没有起作用；设置与之前相同，没有东西要恢复。
run-undone-by = 由 { $who } 撤回，已恢复原来的设置。
run-undone-boot = 中途断电或重启，已按守护处理。
run-undone-broken = 检测不通过，已恢复原来的设置。
run-undone-late = 到时无人确认，已恢复原来的设置。
run-undone-not = 已撤回，但原来的设置没有全部恢复: 请看线路检测 0 2 2。
run-kept-now = 已保留。
run-undo-now = 正在撤回。
run-green-keep = 保留
run-green-undo = 撤回
run-green-noted = 知道了
run-choice-keep = 保留这次改动
run-choice-undo = 撤回，恢复原来的设置
run-sure-keep = 按绿键保留。
run-sure-undo = 按绿键撤回。
run-clock-measure = 让 chrony 向时间服务器重新测量
run-clock-wait = 等测量完成
run-clock-step = 让 chrony 立即校正时钟
run-deed-start = 启动服务 { $unit }
run-deed-printer = 向打印机 { $device } 发复位命令，走一行纸
run-deed-print = 在打印机 { $device } 上打 { $lines } 行
run-note-slip = 打出来以后看一眼: 空白多半是纸装反了。
run-note-near-end = 纸快用完了。
run-note-mute-printer = 这台打印机不报告状态: 打没打出来看纸。
run-deed-reboot = 让系统重新启动
run-deed-power-off = 让系统关机
run-note-healthy = 之后用 { $argv } 确认应用正常。
run-note-unproved = 没有设置怎样确认应用正常，只能看它有没有启动。
run-note-plugin = { $zh }（{ $en }）
run-step-refused = 第 { $n } 步没有成功: { $detail }
run-proving = 正在确认有没有效果。
run-done-proved = 已完成，并确认正常。
run-done-unproved = 已完成；本机没有办法自动确认效果。
run-not-standing = 服务 { $unit } 没有站稳，现在是 { $state }。
run-not-well = { $argv } 说还不正常: { $detail }
run-note-in-flight = 有 { $count } 笔交易在途: 先等它结束（最多 { $seconds } 秒）再动手。
run-deed-step-clock = 按测得的偏差直接校正时钟
run-deed-wifi = 把 { $interface } 连到 Wi-Fi { $ssid }
run-deed-automatic = 让 { $interface } 自动取地址
run-deed-fixed = 给 { $interface } 固定地址 { $address }，网关 { $gateway }，DNS { $dns }
run-deed-mobile = 优先走移动网({ $interface })，接入点 { $apn }
run-deed-save = 写下新设置
run-deed-forget-profile = 去掉试用的设置
run-deed-disconnect = 断开移动网({ $interface })
run-deed-aside = 移动网的设置留作备用
run-note-set-up = 保留之后才写下新设置；中途断电就回到原来的设置。
run-set-up-password = Wi-Fi密码不对。
run-set-up-no-address = 网络没有给地址(DHCP)。
run-set-up-out-of-reach = 搜不到这个 Wi-Fi。
run-set-up-radio = 路由器没有接受连接。
run-set-up-sim = SIM卡没插、被锁或被拒绝。
run-set-up-apn = 移动网不接受这个接入点(APN)。
run-set-up-mobile = 移动网没有让终端接入。
run-set-up-cable = 网线没有插好。
run-set-up-other = 新设置没有连成。
run-set-up-as-before = 已回到原来的设置。
run-clock-typed-before = 时钟现在是 { $time }。
run-clock-typed-after = 对时后是 { $time }，按输入的时间。
run-clock-typed-right = 时钟已是 { $time }，按输入的时间；没有别的时间来源可核对。
run-clock-typed-wrong = 时钟是 { $time }，没有改成输入的时间。
run-deed-step-typed = 把时钟改成输入的时间
run-by-phone = 客服可以电话授权: 92 的第3行，再输 00。
run-deed-radio = { $way ->
        [on] 打开
       *[other] 关闭
    } { $radio } 无线
run-rung-radio = 不行再: 把 { $radio } 无线关掉再打开，重新连接 { $interface }
run-deed-wifi-again = 重新加入 Wi-Fi 网络 ({ $interface })
run-deed-modem = { $way ->
        [on] 打开
       *[other] 关闭
    } 4G 模块 { $modem }
run-note-radio = { $interface } 的无线不会关掉再打开: { $why ->
        [missing] 这里没有程序管理它
        [denied] 维护服务无权使用管理它的程序
        [late] 管理它的程序没有回应
        [sim-pin] SIM 卡会再要 PIN
       *[other] { $why }
    }。
run-note-last-rung = 撤回后网络仍然不通，终端当天最多自动重启一次；除非另有设置，营业时间内不会。
