# 7 UPDATE.
update-running = 维护台版本 { $version }
update-green-check = 查新版本
update-green-plan = 看安装方案
update-by-rauc = RAUC双系统
update-by-apt = 系统软件包
update-by-command = 现场命令
update-runs = 操作系统版本 { $version }。
update-runs-by = 现在运行版本 { $version }，由{ $by }管理。
update-runs-unknown = 现在运行的版本没有记录。
update-offer = 可以安装新版本 { $version }。
update-offer-size = 可以安装新版本 { $version }，{ $size } MB。
update-offer-same = 来源里就是正在运行的版本 { $version }，不用安装。
update-offer-older = 来源里的版本 { $version } 比正在运行的旧。
update-signed-good = 签名正确。
update-signed-later = 签名: 下载之后、安装之前核对。
update-signed-manager = 签名: 由软件包管理器核对。
update-changes = 改了什么: { $words }
update-source = 来源: { $source }
update-asked = 上次查询: { $time }
update-tried = 版本 { $version } 已有 { $count } 次没有成功。
update-slot = 系统{ $slot } { $place } { $version } { $good }{ $next }
update-slot-runs = 运行中
update-slot-other = 备用
update-slot-untold = 版本未知
update-slot-good = 良好
update-slot-bad = 未确认
update-slot-unknown = 状态不明
update-slot-next = ，下次启动用它
update-reason-broken = 新版本用着不正常
update-reason-wrong = 装错了版本
# What a plan does, and what one should know before.
update-deed-fetch = 取来文件 { $name }{ $mb ->
        [0] {""}
       *[other] （{ $mb } MB）
    }，核对大小和校验值
update-deed-rauc = RAUC 核对签名，把 { $version } 写入备用系统
update-deed-mark = 系统 { $slot } { $state ->
        [active] 设为下次启动
        [good] 标为良好
       *[other] 标为不可用
    }
update-deed-by = { $verb ->
        [fetch] 先把新旧软件包都下载好，还不改动
        [install] 核对签名并安装
        [refresh] 更新软件包列表
       *[other] 装回原来的版本
    }
update-step-ask = 问来源有什么版本，核对签名
update-step-restart = 没有交易时重启终端
update-step-restart-asked = 系统要求时，在没有交易时重启终端
update-step-prove = 在 { $seconds } 秒内确认原来好用的都好用
update-note-versions = 从 { $old } 换到 { $new }。
update-note-returns = 确认不了就自动恢复 { $version }；中途断电也一样。
# How far it is.
update-before = 正在记下现在哪些功能好用。
update-waits = 有交易在途，等它结束再继续。
update-goes-on = 安装程序还在写备用系统，正在等它。
update-restart-waits = 已装好；有交易在途，结束后重启。
update-restarting = 正在重启终端。
update-restart-by-hand = 已装好，但没能自动重启。请在没有交易时按68重启，重启后才换新版本。
update-restart-back = 已改回旧版，但没能自动重启。请在没有交易时按68重启。
update-proving = 正在确认 { $version } 能否正常工作；可以照常收款。
update-missing = 检查项 { $id } 没有结果。
update-returning = 正在恢复 { $version }。
update-found = 有版本 { $version } 可以安装。
update-found-same = 已经是来源里的版本 { $version }。
# How it ended.
update-not-kept = 安装记录写不进存储，什么都没做。
update-good = 已换到 { $new }，原来好用的都好用。
update-gone-back = 已回到 { $new }，原来好用的都好用。
update-broke = 升级没有装成，仍运行 { $old }，可照常收款: { $detail }
update-broke-well = 安装中途出错，终端检测正常: { $detail }
update-interrupted = 升级被中断（断电或程序退出），仍运行 { $old }，可照常收款。
update-untouched = 没有开始安装，什么都没变: { $detail }
update-back = 升级未成功，已恢复旧版 { $old }，无需操作。
update-fell-back = 新版本没能启动，终端已自动用回 { $old }，无需操作。
update-back-well = 原来好用的都好用，可正常收款。
update-back-but = 但还有一项没有恢复:
update-sick = 换到 { $new } 后，有功能没有恢复，请联系客服。
update-no-return = 想恢复 { $old } 但没有成功，请联系客服: { $detail }
update-gave-up = 版本 { $new } 已失败 { $count } 次，不再尝试；仍运行 { $old }。
update-no-figure = 安装程序正在工作，它不报进度。
update-disk-full = 存储已满，什么都没变。
update-broke-off = 下载中断，下次从断处接着下。什么都没变。
update-called-off = 已取消，什么都没变。
