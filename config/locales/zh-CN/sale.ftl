# One transaction: evidence, verdict, words for the customer. Calm words: nobody is blamed.
sale-yuan = { $amount }元
sale-kind-sale = 消费
sale-kind-void = 撤销
sale-kind-refund = 退货
sale-kind-preauth = 预授权
sale-kind-completion = 预授权完成
sale-kind-balance = 查余额
sale-kind-reversal = 冲正
sale-kind-settle = 结算
sale-kind-signon = 签到
sale-kind-echo = 回响测试
sale-outcome-approved = 成功
sale-outcome-declined = 未通过
sale-outcome-reversed = 已冲正
sale-outcome-no-response = 无答复
sale-outcome-no-response-reversed = 无答复，已冲正
sale-outcome-pending = 处理中
sale-outcome-query-needed = 需查询
sale-way-insert = 插卡
sale-way-tap = 挥卡
sale-way-swipe = 刷卡
sale-way-fallback = 芯片读不出后刷卡
sale-way-manual = 手输
sale-way-scan = 扫码
sale-way-unknown = 方式不明
sale-none-failed = 没有失败的交易。
sale-none-open = 没有待处理的交易。
sale-open = { $count }笔还没有最后结果:
sale-batch = 本批未结算 { $count }笔
sale-do-not-repeat = 先查清结果，不要让顾客重付。恢复网络后，等待的冲正会自动发送。
sale-zone = 时间为交易应用的时区 { $zone }。
sale-fetching = 正在取这笔交易。
sale-gone = 记录里已没有这笔交易。
sale-green-customer = 给顾客看
sale-green-evidence = 看证据
sale-answered = { $time } 收到答复，代码{ $code ->
        [none] 无
       *[other] { $code }
    }，{ $rrn ->
        [none] 无参考号
       *[other] 参考号{ $rrn }
    }{ $seconds ->
        [none] { "" }
       *[other] ，{ $seconds }秒
    }
sale-unanswered = { $time } 已发出，没有收到主机答复
sale-unanswered-sent = { $time } 已发出，还在等主机答复
sale-unanswered-query = { $time } 已发出，没有收到答复，需要查询结果
sale-reversal-asked = { $time } 已发冲正{ $reason ->
        [none] { "" }
       *[other] （{ $reason }）
    }，还没有收到主机答复
sale-what = { $kind } { $amount } { $way }{ $card ->
        [none] { "" }
       *[other] { " " }卡{ $card }
    }{ $stan ->
        [none] { "" }
       *[other] { " " }流水{ $stan }
    }
sale-charged-yes = 已扣款
sale-charged-no = 未扣款
sale-charged-maybe = 可能已扣款
sale-charged-query = 需查询
sale-charged-reversed = 已冲正
sale-charged-reversing = 冲正待发
sale-charged-back = 款项退回
sale-charged-stands = 原交易有效
sale-charged-none = 不涉及扣款
sale-charged-undo-maybe = 退款未定
sale-charged-undo-query = 退款待查
sale-charged-hold-yes = 已占用
sale-charged-hold-maybe = 可能已占用
sale-reason-98 = 等不到答复
sale-reason-96 = 终端出错
sale-reason-A0 = 答复的MAC不对
sale-reason-06 = 其他原因
sale-reason-68 = 答复来迟
sale-reversal-sent = 冲正已发，等答复
sale-reversal-mute = 冲正没有答复
sale-reversal-why = { $what }（{ $reason }）
sale-settled = 下面{ $count }笔24小时内已有结果
sale-money-yes = 已扣款。
sale-money-no = 这笔没有扣款。
sale-money-maybe = 可能已扣款: 先查询结果，不要重新收款。
sale-money-query = 结果要先查询: 查清之前可能已扣款，不要重新收款。
sale-money-reversed = 已冲正: 扣过的款会自动退回。
sale-money-reversing = 冲正等待发送，恢复网络后自动发送；发出前不要重新收款。
sale-money-back = 款项会退回原卡或原账户。
sale-money-stands = 撤销或退货没有成功，原交易仍然有效。
sale-money-none = 这个交易不涉及扣款。
sale-money-undo-maybe = 退款有没有办成还不知道: 先查询结果，不要再退一次。
sale-money-undo-query = 退款的结果要先查询: 查清之前不要再退一次。
sale-money-hold-yes = 金额已占用，还没有扣款。
sale-money-hold-maybe = 金额可能已占用: 先查询结果，不要重新做。
sale-money-hold-reversed = 已冲正: 占用的金额会自动放开。
sale-row-customer = 给顾客看
sale-row-code = 这个代码的说明
sale-row-path = 线路检测 PATH
sale-row-path-useless = 线路检测 PATH（不会改变这次结果）
sale-row-verdict = 结论 VERDICT
sale-row-unfinished = 待处理 UNFINISHED
sale-code-unknown = 代码表里没有
sale-code-meaning = 代码{ $code }: { $meaning }
sale-code-say = 对顾客说: { $text }
sale-code-who = { $answered }；{ $retry }。
sale-code-display = 终端常显示: { $text }
sale-code-other = 码表说明: { $text }
sale-code-table = 代码表 { $profile }
sale-tell-declined = 这次支付没有完成，请换一张卡或扫码。
sale-tell-scanned = 这次扫码支付没有完成，请换一种付款方式。
sale-tell-yes = 支付成功，谢谢。
sale-tell-no = 这次支付没有完成，请换一张卡或扫码。
sale-tell-maybe = 这笔支付的结果还没有确定，我们正在查询，请先不要重新付款。
sale-tell-query = 这笔支付的结果正在查询，请先不要重新付款。
sale-tell-reversed = 这笔支付没有完成，扣过的款会自动退回。
sale-tell-reversing = 这笔支付没有完成，正在自动退回，请稍候。
sale-tell-back = 款项会退回您原来的卡或账户。
sale-tell-stands = 这次退款没有办成，我们会再为您办理。
sale-tell-none = 这次查询没有完成，没有发生扣款。
sale-tell-undo-maybe = 这次退款的结果还没有确定，我们正在查询。
sale-tell-undo-query = 这次退款的结果正在查询，请稍候。
sale-tell-hold-reversed = 这笔预授权没有完成，占用的金额会自动放开。
sale-customer-yes = 已收款。
sale-customer-no = 没有扣款。
sale-customer-maybe = 如果收到银行扣款短信，请保留；未成交的款项由收单机构退回。
sale-customer-query = 如果收到银行扣款短信，请保留；未成交的款项由收单机构退回。
sale-customer-reversed = 到账时间以发卡行为准。
sale-customer-reversing = 如果收到银行扣款短信，请保留；款项会退回。
sale-customer-back = 到账时间以发卡行为准。
sale-customer-stands = 原来的付款仍然有效。
sale-customer-none = 没有扣款。
sale-customer-undo-maybe = 款项如果已退回，账单上会显示。
sale-customer-undo-query = 款项如果已退回，账单上会显示。
sale-customer-hold-reversed = 放开时间以发卡行为准。
sale-customer-scan-maybe = 如果手机上显示已付款，请保留付款记录；未成交的款项退回付款的钱包。
sale-customer-scan-query = 如果手机上显示已付款，请保留付款记录；未成交的款项退回付款的钱包。
sale-customer-scan-reversed = 款项退回付款的钱包，到账时间以钱包账单为准。
sale-customer-scan-reversing = 如果手机上显示已付款，请保留付款记录；款项会退回付款的钱包。
sale-customer-scan-back = 款项退回付款的钱包，到账时间以钱包账单为准。
sale-proof = 时间 { $time }{ $rrn ->
        [none] { "" }
       *[other] ，参考号 { $rrn }
    }{ $stan ->
        [none] { "" }
       *[other] ，流水号 { $stan }
    }
