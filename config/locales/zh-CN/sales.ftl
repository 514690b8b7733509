# 3 SALES and 31 CODES.
sales-last = 末笔 { $time } { $kind } { $amount } { $outcome } 码{ $code }
sales-none = 日志里还没有交易。
sales-green-last = 看末笔
sales-no-journal = 没有配置交易日志。请技术员在配置文件的source里写上日志路径。
sales-journal-missing = 交易日志{ $name }不存在: { $path }
sales-journal-denied = 没有权限读交易日志{ $name }: { $path }
sales-journal-directory = 交易日志{ $name }的路径是目录: { $path }
sales-journal-error = 交易日志{ $name }读不了（{ $error }）: { $path }
sales-journal-unreadable = 交易日志{ $name }有{ $count }行读不懂（已读{ $read }笔）。
sales-journal-behind = 正在补读交易日志{ $name }，较早的交易稍后出现。
sales-line-code = 最近 码{ $code }
sales-line-failed = 今天{ $count }笔
sales-line-open = { $count }笔
sales-codes-head = 收银机显示了什么？
sales-codes-way-1 = 刚才那笔
sales-codes-way-2 = 本机出现过的代码
sales-codes-way-3 = 带字母的代码
sales-codes-way-4 = 只有文字，没有代码
sales-codes-way-5 = 输入数字代码
sales-codes-last = 刚才那笔: { $time } { $amount }
sales-codes-none-failed = 没有带代码的失败交易。
sales-codes-seen = { $count }次 { $time }
sales-codes-none-seen = 本机的日志里还没有出现过代码。
sales-codes-texts = 选收银机显示的文字:
sales-codes-behind = { $count ->
    [1] 「{ $text }」背后是1个代码。请在交易记录里核对代码。
   *[other] 「{ $text }」背后可能是{ $count }个代码之一。请在交易记录里找到代码再看。
}
sales-codes-type = 输入收银机或签购单上的代码，再按绿键。
sales-codes-entry = 代码
sales-codes-twin = 收银机显示的是代码{ $code }？按8
sales-codes-twin-typing = 收银机显示的是代码{ $code }？按红键，再按0 3 1
sales-codes-twin-far = 收银机显示的是代码{ $code }？按 0 3 1
sales-codes-here = 本机 { $time }
sales-codes-silent = 刚才{ $time }那一笔没有代码: 没有收到答复
