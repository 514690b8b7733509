# Sentences whose key begins with refused-: why the agent did not do it.
refused-role = 您的角色不能做这件事, 需要: { $detail }。
refused-unavailable = 本版本还不能执行 { $detail }, 已记入操作记录。
refused-needs-agent = 这项操作可能切断您的连接, 需要代理 (pos-console agent) 在运行才能执行。
refused-unknown-action = 没有这项操作: { $detail }。
refused-audit = 操作记录写不进去, 所以没有执行。
refused-busy = 现在不行: { $detail }。
refused-bad-request = 看不懂这个请求: { $detail }。
refused-lost = 与代理的连接断开了。
refused-store = 数据库没有回答: { $detail }。
refused-unknown-check = 没有这个检查项或范围: { $detail }
refused-batch-open = 有 { $detail } 笔未结算，请先结算。
refused-stale-plan = 这份方案已用过或已过期，什么都没做；请重新查看后再按。
refused-plan-changed = 本机情况变了，与刚才显示的方案不同，什么都没做；请重新查看。
refused-no-guard = 现在没有等待确认的改动。
refused-no-interface = 没有找到可以重启的网络接口 { $detail }。
refused-no-manager = 没有找到管理网络的程序（设置: { $detail }），本机无法自动重启网络。
refused-net-by-hand = { $detail } 只由人手动启用：/etc/network/interfaces 里没有它的 auto 或 allow-hotplug，这里没有可以重启它的服务。
refused-net-along = 只能靠 networking.service 重启，而它会同时停掉 { $detail }，且不会再把它启用；未执行。请先手动停用它，或把它设为 auto。
refused-no-time-keeper = 没有找到管理时钟的程序（设置: { $detail }），无法对时。
refused-no-time-source = 没有时间服务器回应 { $detail }，不知道准确时间。
refused-clock-disagree = 时间来源不一致: { $detail }。须由技术员确认。
refused-clock-too-old = 目标时间早于软件日期 { $detail }。须由技术员确认。
refused-clock-behind-sales = 会退到最近一笔有答复的交易 { $detail } 之前。须由技术员确认。
refused-passcode-unset = 没有设置这个口令，安装时由管理员设置。
refused-passcode-wrong = 口令不对。{ $detail ->
        [0] 请再试。
       *[other] 请等 { $detail } 秒再试。
    }
refused-passcode-wait = 错误太多，还要等 { $detail } 秒。
refused-passcode-weak = 口令要6到12位数字，不能全相同，也不能是连续数字。
refused-passcode-root = 口令和密钥只能在安装时由管理员设置；忘了口令请打客服电话。
refused-phone-unset = 本机没有电话授权的密钥，请联系服务商。
refused-phone-none = 没有等待回答的号码，或已过期、已用过；请重新取号。
refused-phone-wrong = 回答不对。{ $detail ->
        [0] 请核对后再试。
       *[other] 请等 { $detail } 秒再试。
    }
refused-phone-key = 密钥要64位十六进制数。
refused-no-hook = 没有配置签到命令，请在收银应用的管理菜单里签到。
refused-no-reader-way = 本机没有读卡服务，也没有配置读卡复位的方法。
refused-no-app = 没有配置收银应用的服务或命令。
refused-no-printer-way = 没有配置打印机设备或命令。
refused-print-none = 没有找到打印机。
refused-print-nothing = 还没有验收过，没有可打的。
refused-print-queue = 打印机是系统的打印队列({ $detail })，请从队列里打测试页。
refused-print-paper = 缺纸: 装好纸再打。
refused-print-cover = 纸仓盖没有合好: 合上再打。
refused-print-hot = 打印头过热或供电不足: 等几分钟再打。
refused-print-fault = 打印机有故障，先按 0 6 6 打印复位。
refused-print-gone = 打印机不在了({ $detail }): 接好线再打。
refused-print-held = 收银应用正占用打印机: 退出收款画面再打。
refused-print-unknown = 问不到打印机: { $detail }
refused-plugin-none = 这个号码没有配置现场操作 { $detail }。
refused-plugin-owner = 不采用: 文件或程序不属于root。{ $detail }
refused-plugin-writable = 不采用: 别人能改这个文件或程序。{ $detail }
refused-plugin-unreadable = 不采用: 读不懂。{ $detail }
refused-reason-wanted = 请先选原因（命令行: --reason）。
refused-set-nothing = 还没有选择: 请在 95 上选，或用 --set。
refused-set-manager = 本机的网络不由 NetworkManager 管理，不能在这里设置。由 systemd-networkd、ifupdown 或自有命令管理的，请服务商改系统文件。
refused-set-late = NetworkManager 没有及时回答，过一会再试；一直这样就按 0 6 1 重启网络。
refused-set-untold = NetworkManager 没有说出现在的设置({ $detail })，过一会再试。
refused-set-no-device = 本机没有这个网络: { $detail }
refused-set-lock = 这种 Wi-Fi 加密(WEP 或每人一个用户名)不能在这里设置。
refused-set-name = 这不是网络或设备的名称。
refused-set-password = Wi-Fi密码是8到63位字母、数字或符号。
refused-set-address = 这个地址与掩码不相配。
refused-set-gateway = 网关与地址不在同一网段。
refused-set-apn = 接入点只能有字母、数字、点和横线。
refused-clock-typed = 这不是时间: { $detail }。要年月日时分，共12位数字。
refused-upgrade-none = 本机没有找到能装新版本的程序（设置: { $detail }）。
refused-upgrade-no-source = 没有设置新版本从哪里来（[update] source）。
refused-upgrade-not-asked = 还没有问过更新服务器，请先在71按绿键查询。
refused-upgrade-nothing = 没有找到新版本 { $detail }。
refused-upgrade-several = 有几个升级文件，不知道用哪个: { $detail }
refused-upgrade-source = 新版本的来源读不到: { $detail }
refused-upgrade-manifest = 升级清单有错: { $detail }
refused-upgrade-signature = 签名不能通过，不会安装: { $detail ->
        [unsigned] 没有签名文件
        [foreign] 不是配置的密钥签的
        [wrong] 文件与签名不符（损坏或被改过）
        [unreadable] 签名文件读不懂（可能不完整）
        [legacy] 旧式签名，请用现在的 minisign 重新签
        [key] 配置里的公钥不对
        [version] 签名里没有写版本，或与清单不同
       *[other] { $detail }
    }
refused-upgrade-too-big = 升级文件有 { $detail } MB，超过设置的上限。
refused-upgrade-gave-up = 版本 { $detail } 已多次失败，不再尝试。须由技术员确认。
refused-upgrade-same = 版本 { $detail } 正在运行，不用安装。须由技术员确认才重装。
refused-upgrade-older = 版本 { $detail } 比正在运行的旧。须由技术员确认。
refused-upgrade-slots = 找不到备用系统（共 { $detail } 个系统）。
refused-upgrade-busy = 安装程序正忙，请稍后再看 { $detail }。
refused-upgrade-unproved = 正在运行的系统 { $detail } 还没有确认良好，装新版会失去退路。须由技术员确认。
refused-upgrade-no-key = 没有设置签名公钥，任何升级文件都不装。
refused-upgrade-no-way-back = 装了以后没有办法自动恢复旧版 { $detail }。须由技术员确认。
refused-upgrade-no-previous = 没有记录上一个版本，无法回退 { $detail }。
refused-upgrade-open = 现在是营业时间（{ $detail }），请打烊后再装。技术员可以确认现在装。
refused-upgrade-power = 没有接电源，电量 { $detail }% 不够，请先接上电源。
refused-upgrade-space = 存储空间不够，只剩 { $detail } MB。
refused-upgrade-agent = 安装后要有代理在重启后确认，所以需要代理 (pos-console agent) 在运行。
refused-upgrade-other = 备用系统 { $detail } 没有确认良好，可能不能用。须由技术员确认。
