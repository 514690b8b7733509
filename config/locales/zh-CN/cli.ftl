# Sentences whose key begins with cli-.
cli-not-yet = 本版本还没有 { $command } 功能。
cli-source-unreadable = 无法读取交易日志 { $path }: { $error }
cli-check-clean = 没有发现问题
cli-check-because = (由 { $id } 引起)
cli-explain-code = 代码
cli-explain-say = 可以对顾客说: { $text }
cli-verdict = { $line }{ $job }
cli-explain-last = 本机最近一次：{ $time }{ $stan ->
    [none] { "" }
   *[other] ，流水号{ $stan }
}{ $rrn ->
    [none] ，没有参考号
   *[other] ，参考号{ $rrn }
}
cli-audit-whole = 操作记录完整, 共 { $rows } 条。
cli-audit-changed = 第 { $seq } 条记录被改动过。
cli-audit-missing = 缺少第 { $seq } 条记录。
cli-audit-truncated = 记录止于第 { $last } 条, 应有 { $expected } 条。
cli-audit-head = 第 { $seq } 条与单独保存的链尾不符。
cli-audit-head-missing = 单独保存的链尾不见了或读不出。
cli-unknown-profile = 没有代码表 { $profile }。
cli-bad-since = 看不懂时间 { $text }: 请用 2026-11-21, 2026-11-21T09:30:00+08:00 或 24h。
cli-agent-folder = 代理无法使用数据目录 { $path }: { $error }
cli-unreadable = 无法读取 { $path }: { $error }
cli-unknown-packing = 没有打包格式 { $name }, 可用: { $known }
cli-decode-frame-length = 提示: 报文长度与实际不符
cli-decode-tpdu = 提示: TPDU 不是 60 或 68 开头
cli-decode-pan-not-decimal = 提示: 主账号里有非数字
cli-decode-test-mode = 提示: 终端处于测试状态
cli-decode-sign-on-again = 提示: 主机要求重新签到
cli-decode-download-wanted = 提示: 主机要求下载参数
cli-decode-fault = 第 { $line } 行: 读到{ $field ->
    [length] 报文字节
    [header] 报文头
    [mti] 消息类型
    [bitmap] 位图
   *[other] 第 { $field } 域
}停下, 字节位置 { $offset }: { $kind }
cli-decode-fits = 按 { $name } 格式可以完整读出, 请改用 --packing { $name }
cli-decode-fits-partly = 开头像 { $name } 格式, 按它能多读出一些: 请试 --packing { $name }
cli-packing-fault = { $file } 第 { $line } 行: 此打包格式不采用: { $detail }
cli-fault-short = 报文在这里断了
cli-fault-length = 长度不对
cli-fault-pad = 填充位不是 0
cli-fault-encoding = 不是文字
cli-fault-undefined = 这种格式没有这个域
cli-fault-trailing = 后面还有多余的字节
cli-fault-not-hex = 不是十六进制
cli-fault-packing = 认不出打包格式, 请用 --packing 指定
cli-unknown-screen = 没有这个屏: { $word }。请用屏号或名称, 如 22 或 PATH。
cli-no-terminal = 标准输出不是终端: 在脚本里请用 show, check, journal 等子命令。
cli-do-yes = 这是要做的事；加 --yes 才会执行。
cli-do-ask = 执行吗? 输入 y 再回车，其他都是不执行。
cli-do-lost = 与代理的连接断了；操作仍在代理里继续，结果在 audit 里。
cli-do-confirm = 还有 { $seconds } 秒；保留: pos-console guard keep, 撤回: pos-console guard undo
cli-bad-set = 看不懂: --set { $words }
cli-phone-read = 请打电话给客服，报终端号 { $terminal } 和这些数字: { $digits }
