# The verdict on one transaction: who, whose job, what worked, what not to try. One sentence per rule of config/verdicts.toml.
verdict-is-approved-defect = 已办成，到账时间以收款银行为准。
verdict-is-approved-part = 只批准了一部分金额，余款换一种方式收。
verdict-is-approved-offline = 卡和终端脱机批准，联网后上送。
verdict-is-approved = 交易成功。
verdict-is-reversal-refused = 冲正被拒绝: { $meaning }。不要手工重发，凭参考号问收单机构。
verdict-is-undo-undone = 这笔撤销或退货又被冲正了，原交易仍然有效。要退款请重新办理。
verdict-is-voided = 这笔已在本机撤销，扣过的款会退回。
verdict-is-reversed = 这笔已冲正。
verdict-is-reversal-waits-line = 冲正还没发出去，线路不通；恢复后自动发送。
verdict-is-reversal-waits = 冲正在等待发送，会自动重试。
verdict-is-undo-late = 放弃以后才收到批准，撤销或退货已办成，不要再发。
verdict-is-undo-late-refused = 放弃以后才收到答复，撤销或退货没有办成，原交易仍然有效。
verdict-is-late-approved = 放弃以后才收到批准，顾客已扣款。没给货就撤销，不要再收。
verdict-is-late-declined = 放弃以后才收到答复，这笔没有成交。
verdict-is-undo-wallet-open = 扫码退款还没有结果，先查询，不要再退一次。
verdict-is-wallet-open = 扫码支付还没有结果，先查询，别让顾客再付。
verdict-is-mute-power = 当时供电不正常，没有收到主机答复。先看电源。
verdict-is-mute-link = 当时终端没连上网，主机没有收到或没能答复。
verdict-is-mute-address = 当时店内网络不通（地址或路由器），没有主机答复。
verdict-is-mute-clock = 当时终端时钟不准，主机的证书不被接受。先对时。
verdict-is-mute-internet = 店内网络通，外网不通，没有主机答复。找网络运营商。
verdict-is-mute-certificate = 连得到主机，但安全连接建不起来，没有答复。找收单机构。
verdict-is-mute-host = 线路通，收单主机没有反应。找收单机构，先用别的方式收款。
verdict-is-mute-only-this = 线路正常，前后别的交易都有答复，只有这笔没有。凭流水号问收单机构。
verdict-is-mute-all-ok = 线路和主机当时都正常，但没有答复。凭流水号问收单机构。
verdict-is-mute-beyond-line = 线路当时正常，主机那边没有检测记录，也没有答复。
verdict-is-mute-others-good = 前后别的交易都有答复，多半只是这一笔。凭流水号查询。
verdict-is-mute-now-line = 当时没有检测；现在线路不通，多半就是它。
verdict-is-mute-now-host = 当时没有检测；现在收单主机没有反应，多半就是它。
verdict-is-mute-series = 前后几笔都没有答复，当时没有检测线路。先测线路。
verdict-is-mute = 没有主机答复，当时没有检测，说不清是哪一段。先测线路。
verdict-is-local-no-line = 终端联不上网，在本机拒绝，没有送到银行。先测线路。
verdict-is-cancelled = 在终端上取消了，没有送到银行。
verdict-is-local-clock = 卡片或终端在本机拒绝，而当时终端的时钟不对，卡的日期是和它比的。先对时，再做一次。
verdict-is-local-params = 卡片或终端在本机拒绝，而终端里的卡参数缺失或与应有的不符（55）。先下载参数。
verdict-is-local-many = 多张卡都在本机被拒绝，不像是卡的问题。看参数和版本（55），找服务商。
verdict-is-balance-local = 卡片或终端在本机没有办成查余额: { $meaning }。没有送到银行，与收款无关。
verdict-is-local = 卡片或终端在本机拒绝: { $meaning }。没有送到银行，换一张卡。
verdict-is-made-up-line = 线路当时不通，也没有参考号: 这个代码是终端自己写的，不是银行的答复。
verdict-is-made-up-host = 收单主机当时没有反应，也没有参考号: 代码多半是终端自己写的。
verdict-is-settle-refused = 结算没有通过: { $meaning }。对照清单，找收单机构。
verdict-is-signon-refused = 签到没有通过: { $meaning }。参数或密钥要由收单机构处理。
verdict-is-undo-nothing = 主机没有找到可撤的原交易。不要重发，用原交易的参考号问收单机构。
verdict-is-undo-open = 主机答复了，但这笔撤销或退货的结果未定。先查询，不要再发。
verdict-is-undo-open-by-code = 按代码是这笔撤销或退货的结果未定；没有参考号，不能确定有没有主机答复。先查询，不要再发。
verdict-is-undo-elsewhere = 本终端不能办这一笔: { $meaning }。撤销要在原交易的终端上办；功能没开通的，由收单机构开通。
verdict-is-undo-funds = 撤销或退货没有通过: { $meaning }。退款由商户这边出，多是可退余额或退货限额不够，不是顾客的卡。问收单机构。
verdict-is-undo-refused = 撤销或退货没有通过: { $meaning }。原交易仍然有效。
verdict-is-balance-refused = 查余额没有通过: { $meaning }。与收款无关，没有扣款。
verdict-is-open-wallet = 扫码支付还在处理，先查询结果，别让顾客再付。
verdict-is-open = 主机答复了，但结果未定: { $meaning }。先查询，不要重新收款。
verdict-is-open-by-code = 按代码是结果未定: { $meaning }。没有参考号，不能确定有没有主机答复。先查询，不要重新收款。
verdict-is-cutover = 正在日切，过几分钟再试。
verdict-is-down-one-bank = 只有一家银行的卡这样，别的都正常: 是那家银行的系统。换一张别家的卡。
verdict-is-down = 答复到了，是对方系统的问题: { $meaning }。本店网络正常，稍后再试。
verdict-is-down-unproven = 代码说的是对方系统的问题，但没有参考号，不能确定有没有主机答复。先测线路。
verdict-is-pad-key = 几家银行的卡都说密码不对，更像是终端的密钥: 先签到，再找服务商。
verdict-is-key = 终端的密钥对不上。重新签到后再试一次，不行就找收单机构。
verdict-is-signon = 主机要求先签到。签到后再试。
verdict-is-clock = 主机不接受终端的日期时间。先对时，再试。
verdict-is-code-table = 本机的代码表版本与应有的不同（见55），代码{ $code }的意思可能不一样。请凭参考号问收单机构。
verdict-is-old-params = 主机不接受这条报文（{ $meaning }），而本机应用或参数的版本不是应有的（见55）。先下载参数或升级。
verdict-is-terminal-number = 主机不接受（{ $meaning }），而本机参数里的终端号不对（见55）。请技术员改正，再签到。
verdict-is-merchant-number = 主机不接受（{ $meaning }），而本机参数里的商户号不对（见55）。请技术员改正，再签到。
verdict-is-params-lost = 主机不接受（{ $meaning }），而本机的参数文件缺失、读不出或不完整（见55）。先下载参数。
verdict-is-card-params = 主机不接受（{ $meaning }），而本机的卡参数缺失或不是应有的（见55）。下载参数后再试。
verdict-is-terminal-right = 主机不接受: { $meaning }。本机参数与应有的一致（见55），要由收单机构登记或开通。
verdict-is-terminal-unknown = 不认这台终端: { $meaning }。核对终端号，找收单机构。
verdict-is-merchant-unknown = 不接受这个商户: { $meaning }。不是顾客的卡，找收单机构。
verdict-is-brand = 本店没有开通这种卡。换一张卡，要开通就找收单机构。
verdict-is-chip-broken = 芯片读不出改刷磁条，被拒是规定。清洁读卡器，或换一张卡。
verdict-is-chip-tap = 这次不能挥卡。请插卡并输入密码。
verdict-is-chip = 这张卡不许刷磁条，请插芯片。
verdict-is-fallback-series = 几张卡都是芯片读不出改刷磁条后被拒: 先清洁读卡器。
verdict-is-fallback = 芯片读不出改刷了磁条，银行常拒这种刷卡。换一张卡或扫码。
verdict-is-typed = 卡号或有效期可能输错了: { $meaning }。核对后再试，最好插卡。
verdict-is-reread = 读到的卡信息不完整，请再插一次卡。
verdict-is-amount = 金额不被接受，核对金额后再试。
verdict-is-duplicate-many = 多笔不同的交易都被说成重复，像是换机或重装后流水号从头开始了。先签到；还是这样，找收单机构。
verdict-is-duplicate = 主机说这笔重复了。先在实时交易里找第一笔的结果。
verdict-is-no-action = 主机没有做任何处理。换一张卡试一次，凭参考号问收单机构。
verdict-is-format = 主机不接受这笔报文: { $meaning }。记下参考号，找收单机构。
verdict-is-completion-refused = 预授权完成没有通过: { $meaning }。核对金额、日期和原单，不要换卡重收；占用的金额还在，问收单机构。
verdict-is-pickup-many = 多张卡都是这个答复，不像是卡的问题。归还卡片，联系收单机构。
verdict-is-funds-many = { $cards }张不同的卡都答余额不足，不常见: 核对金额小数和币种，报收单机构。
verdict-is-limit-many = { $cards }张不同的卡都超限，像是商户限额: 凭两笔参考号问收单机构。
verdict-is-limit-params = 超过限额，而本机参数里的限额不是应有的（见55）。换卡或扫码，请收单机构核对限额；不要拆单。
verdict-is-refused-one-bank = 被拒的都是同一家银行的卡，多半是那家银行的系统或风控。换别家的卡，告知收单机构。
verdict-is-refused-many = { $cards }张不同的卡都被拒，请收单机构确认商户或通道是否受限。
verdict-is-pickup = 此卡不能使用。归还卡片，不争执、不扣卡。
verdict-is-funds-again = 余额或额度不足，{ $sure ->
        [no] 像是同一张卡
       *[yes] 同一张卡
    }已试{ $times }次，再试也一样。换卡、扫码或改小金额。
verdict-is-funds = 余额或额度不足。换卡、扫码或改小金额。
verdict-is-limit = 超过限额。换卡、扫码，或顾客调高限额后再试；不要拆单。
verdict-is-count = 这张卡今天的次数用完了。换一张卡或扫码。
verdict-is-pin-locked = 密码次数用完了。换一张卡，顾客联系发卡行。
verdict-is-pin = 密码问题: { $meaning }。请顾客再输一次，不要连续试错。
verdict-is-expired = 卡已过有效期。换一张卡或扫码。
verdict-is-inactive = 卡还没激活、未改初始密码或久未使用。顾客找发卡行，先换一张卡。
verdict-is-refer = 要求持卡人联系发卡行，没说原因。顾客打卡背面电话，先换一张卡。
verdict-is-number = 卡号在银行那边不存在或不对。换一张卡。
verdict-is-barred = 这张卡不许做这种交易: { $meaning }。换一张卡或扫码。
verdict-is-risk = 银行没有放行这笔。换一张卡或扫码，顾客可联系发卡行。
verdict-is-wallet-code = 付款码没有被接受，多是码已过期或是截图。请顾客重新打开付款码再扫一次，或换一种付款方式。
verdict-is-wallet = 扫码支付没有通过: { $meaning }。请顾客换一种付款方式。
verdict-is-card = 银行没有批准这张卡: { $meaning }。换一张卡，顾客可联系发卡行。
verdict-is-security = 安全校验没有通过: { $meaning }。签到后再试一次，不行找收单机构。
verdict-is-unknown-code = 主机已答复，但代码表里没有{ $code }。凭参考号问收单机构。
verdict-is-unknown-code-unproven = 代码{ $code }不在表里，也没有参考号，不能确定有没有主机答复。
verdict-is-refused = 没有通过: { $meaning }。
verdict-is-unclear = 这笔的结果说不清，先查询。
verdict-who-issuer = 发卡行答复
verdict-who-acquirer = 收单侧答复
verdict-who-payer = 付款方（钱包或银行）答复
verdict-who-payer-by-code = 按代码是付款方（钱包或银行）的答复，没有参考号作证
verdict-who-issuer-by-code = 按代码是发卡行的答复，没有参考号作证
verdict-who-acquirer-by-code = 按代码是收单侧的答复，没有参考号作证
verdict-line = { $who }: { $what }
verdict-job-customer = 该办的人: 顾客（换卡、扫码，或打卡背面电话）。
verdict-job-customer-balance = 该办的人: 顾客（打卡背面电话），本店不用处理。
verdict-job-merchant = 该办的人: 本店。
verdict-job-acquirer = 该办的人: 收单机构，把参考号或流水号读给他们。
verdict-job-service = 该办的人: 终端服务商。
verdict-job-isp = 该办的人: 网络运营商。
verdict-job-issuer = 该办的人: 发卡行自己，本店不用处理。
verdict-job-unknown = 该办的人: 先测线路才说得清。
verdict-part-reader = 读卡
verdict-part-terminal = 终端
verdict-part-line = 线路
verdict-part-host = 主机
verdict-worked = 这笔工作正常: { $parts }。
verdict-no-use = 不用试: { $words }。
verdict-use-restart = 重启
verdict-use-network = 换网络
verdict-use-reader = 修读卡器
verdict-use-update = 升级
verdict-use-same-card = 同一张卡再试
verdict-use-split = 拆成几笔
verdict-use-resend = 手工重发
verdict-use-code = 照代码查原因
verdict-refund-reversal = 扣过的款由冲正自动退回，冲正发出前不用找人。
verdict-refund-issuer = 扣过的款由发卡行按冲正入账退回。
verdict-refund-acquirer = 万一扣了款: 凭流水号找收单机构查询退回，不要自己退现金。
verdict-refund-wallet = 万一扣了款: 查询结果后，由收单机构经支付平台原路退回。
verdict-refund-wallet-back = 扣过的款退回付款的钱包，原路退回。
verdict-refund-undo = 退款结果查清之前，不要另退现金；收单机构凭流水号可以查。
verdict-refund-merchant = 退款由本店在终端上办（撤销或退货）。
verdict-around = 当时: { $words }。
verdict-around-since = { $area }{ $word }（{ $from }起）
verdict-around-wrong = 当时{ $area }: { $sentence }（{ $from }起）
verdict-around-old = { $area }{ $at }{ $word }
verdict-around-last = 前后1分钟没测，最后记录: { $words }。
verdict-around-unseen = 前后1分钟没测: { $areas }。
verdict-crowd-only = 24小时内只有这一笔收到代码{ $code }。
verdict-crowd-one = 60分钟和24小时内，只有这张卡收到代码{ $code }。
verdict-crowd = 代码{ $code }: 60分钟内{ $sure_hour ->
        [no] 至少
       *[other] { "" }
    }{ $hour }张卡，24小时内{ $sure_day ->
        [no] 至少
       *[other] { "" }
    }{ $day }张卡{ $banks ->
        [0] { "" }
        [1] ，同一家银行
       *[other] ，{ $banks }家银行
    }。{ $since ->
        [sure] { "" }
        [never] 只按前六后四位区分。
       *[other] { $since }起按完整卡号区分，之前只按前六后四位。
    }
verdict-same-card = { $sure ->
        [no] 看号码多半是
       *[other] { "" }
    }同一张卡24小时内收到这个代码{ $times }次。
verdict-others = 前后半小时别的交易: 成功{ $approved }，未通过{ $declined }，无答复{ $unanswered }。
verdict-clock = 主机时钟与本机相差{ $seconds }秒{ $way ->
        [ahead] （主机快）
        [behind] （主机慢）
       *[other] { "" }
    }。
verdict-fallback = 这笔是芯片读不出后改刷磁条。
verdict-issuer = 应答里的发卡机构: { $issuer }。
verdict-text = 收银屏显示: { $text }
verdict-late = 放弃后 { $time } 才收到答复。
verdict-undone = { $time } { $kind ->
        [void] 撤销
       *[other] 冲正
    }成功。
