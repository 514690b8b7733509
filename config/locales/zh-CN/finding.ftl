# What checks found. finding-<code> is the sentence (facts are its arguments), finding-name-<family> the short name,
# finding-who-<code or family> who acts, finding-why-<code> why it matters or what it is not.

## Names of the checks
finding-name-net-link = 链路
finding-name-net-wifi = Wi-Fi
finding-name-net-cell = 移动网络
finding-name-net-address = 地址
finding-name-net-gateway = 网关
finding-name-net-dns = 域名解析
finding-name-net-uplink = 宽带线路
finding-name-txn-issuer = 收单侧应答
finding-name-txn-keys = 密钥
finding-name-txn-terminal = 终端登记
finding-name-net-loss = 线路质量
finding-name-net-portal = 上网认证
finding-name-net-route = 路由
finding-name-net-trace = 路由跟踪
finding-name-net-firewall = 防火墙
finding-name-net-mtu = 大包
finding-name-host-echo = 回声测试
finding-name-txn-last = 最近应答
finding-name-host-tcp = 主机连接
finding-name-host-tls = 加密连接
finding-name-host-cert = 主机证书
finding-name-clock-offset = 时钟
finding-name-reader-service = 读卡服务
finding-name-reader-device = 读卡器
finding-name-reader-card = 卡
finding-name-printer-status = 打印机
finding-name-power-supply = 外接电源
finding-name-power-battery = 电池
finding-name-power-boots = 断电记录
finding-name-clock-rtc = 断电时钟
finding-name-clock-sync = 校时服务
finding-name-sys-flash = 存储寿命
finding-name-sys-usb = USB部件
finding-name-sys-oom = 内存不足
finding-name-app-alive = 收银应用
finding-name-app-memory = 应用内存
finding-name-sec-ports = 开放端口
finding-name-sec-cert = 证书
finding-name-sec-tamper = 防拆
finding-name-sec-keys = 密钥
finding-name-net-modem = 信号命令
finding-name-reader-swipe = 磁条
finding-name-reader-scan = 扫码头
finding-name-sys-disk = 存储空间
finding-name-sys-readonly = 存储只读
finding-name-sys-memory = 内存
finding-name-sys-load = 系统负载
finding-name-sys-temperature = 温度
finding-name-sys-units = 系统服务
finding-name-txn-pending = 待处理交易
finding-name-txn-declines = 失败交易
finding-name-txn-latency = 应答时间
finding-name-custom = 自定义检查
finding-name-params-file = 参数文件
finding-name-params-tid = 终端号
finding-name-params-mid = 商户号
finding-name-params-limits = 限额
finding-name-params-keys = 卡参数
finding-name-version-system = 系统版本
finding-name-version-expected = 版本
finding-name-source-unknown = 交易日志
finding-name-source-lag = 日志进度
finding-name-store-health = 历史记录

## Who acts
finding-who-net-link = 店员
finding-who-net-wifi = 店员
finding-who-net-cell = 店员
finding-who-net-cell-denied = 移动运营商
finding-who-net-cell-broken = 技术员
finding-who-net-cell-puk = 移动运营商
finding-who-net-address = 技术员
finding-who-net-gateway = 店员
finding-who-net-dns = 宽带运营商
finding-who-net-uplink = 宽带运营商
finding-who-txn-issuer = 收单机构
finding-who-txn-keys = 收单机构
finding-who-txn-terminal = 收单机构
finding-who-net-loss = 宽带运营商
finding-who-net-portal = 店员
finding-who-net-route = 技术员
finding-who-net-trace = 宽带运营商
finding-who-net-trace-at-once = 店员
finding-who-net-trace-near = 技术员
finding-who-net-trace-mute = 店员
finding-who-net-trace-not-sent = 技术员
finding-who-net-trace-forbidden = 技术员
finding-who-net-trace-refused = 收单机构
finding-who-net-trace-port = 收单机构
finding-who-net-firewall = 技术员
finding-who-net-mtu = 宽带运营商
finding-who-host-echo = 收单机构
finding-who-txn-last = 店员
finding-who-net-loss-near = 店员
finding-who-net-loss-slow-near = 店员
finding-who-net-dns-hijacked = 技术员
finding-who-net-dns-bogus = 技术员
finding-who-net-dns-order = 技术员
finding-who-net-dns-search = 技术员
finding-who-net-dns-disagree = 技术员
finding-who-host-tls-web = 店员
finding-who-host-echo-unset = 技术员
finding-who-host-tcp = 收单机构
finding-who-host-tls = 收单机构
finding-who-host-cert = 收单机构
finding-who-clock-offset = 店员
finding-who-reader-service = 技术员
finding-who-reader-device = 技术员
finding-who-reader-card = 店员
finding-who-printer-status = 店员
finding-who-printer-gone = 店员
finding-who-printer-voltage = 技术员
finding-who-power-supply = 店员
finding-who-power-battery = 店员
finding-who-power-boots = 技术员
finding-who-power-battery-bad = 技术员
finding-who-clock-rtc = 技术员
finding-who-clock-sync = 技术员
finding-who-sys-flash = 技术员
finding-who-sys-usb = 技术员
finding-who-sys-oom = 技术员
finding-who-app-alive = 店员
finding-who-app-memory = 技术员
finding-who-app-alive-looping = 技术员
finding-who-sec-ports = 技术员
finding-who-sec-cert = 技术员
finding-who-sec-tamper = 收单机构
finding-who-sec-keys = 收单机构
finding-who-net-modem = 技术员
finding-who-reader-swipe = 店员
finding-who-reader-scan = 店员
finding-who-sys-disk = 技术员
finding-who-sys-readonly = 技术员
finding-who-sys-memory = 技术员
finding-who-sys-load = 技术员
finding-who-sys-temperature = 店员
finding-who-sys-units = 技术员
finding-who-txn-pending = 店员
finding-who-txn-declines = 店员
finding-who-txn-latency = 收单机构
finding-who-custom = 技术员
finding-who-params-file = 技术员
finding-who-params-tid = 技术员
finding-who-params-mid = 技术员
finding-who-params-limits = 技术员
finding-who-params-keys = 技术员
finding-who-version-system = 技术员
finding-who-version-expected = 技术员
finding-who-source-unknown = 技术员
finding-who-source-lag = 技术员
finding-who-store-health = 技术员
finding-who-net-link-none = 技术员
finding-who-net-link-off = 技术员
finding-who-net-link-missing = 技术员
finding-who-net-gateway-none = 技术员
finding-who-net-dns-none = 技术员
finding-who-net-dns-no-name = 技术员
finding-who-net-dns-no-address = 技术员
finding-who-host-tcp-timeout = 宽带运营商
finding-who-host-tcp-unreachable = 宽带运营商
finding-who-host-tcp-filtered = 技术员
finding-who-host-tcp-bad-address = 技术员
finding-who-host-tls-not-tls = 技术员
finding-who-host-tls-bad-name = 技术员
finding-who-host-cert-not-yet = 店员
finding-who-host-cert-wrong-name = 技术员
finding-who-host-cert-unknown-ca = 技术员
finding-who-host-cert-self-signed = 技术员
finding-who-host-cert-no-roots = 技术员
finding-who-host-cert-unjudged = 技术员

## Runs
finding-check-late = 检查 { $check } 在 { $limit_s } 秒内没有完成，结果未知
finding-check-broken = 检查 { $check } 没有给出结果，结果未知

## Link
finding-net-link-ok = { $interface } 已连接
finding-net-link-spare = { $interface } 未使用
finding-net-link-none = 这台终端没有网络接口
finding-net-link-missing = 配置中的网络接口 { $interface } 不存在
finding-net-link-off = 网络接口 { $interface } 已被关闭
finding-net-link-no-cable = { $interface } 没有网线信号：请检查网线两端和路由器电源
finding-net-link-no-wifi = { $interface } 没有连上 Wi-Fi
finding-net-link-no-cell = { $interface } 没有连上移动网络
finding-net-link-unknown = 无法读取网络接口状态：{ $reason }
finding-why-net-link-no-cable = 网线没接好、路由器断电或端口损坏时，后面的检查都无法进行
finding-why-net-link-no-wifi = 路由器断电、Wi-Fi 名称或密码改过时，后面的检查都无法进行

finding-net-link-flaps = { $interface } 时断时续：请换网线或换一个口
finding-net-link-half = { $interface } 只有半双工：网线或交换机端口有问题，会变慢

## Wi-Fi
finding-net-wifi-none = 没有 Wi-Fi
finding-net-wifi-unused = { $interface } 没有选定 Wi-Fi 网络
finding-net-wifi-idle = { $interface } 没有连接任何 Wi-Fi，也无从得知该连哪一个
finding-net-wifi-ok = { $interface } 已连上 { $ssid }，信号 { $dbm } dBm
finding-net-wifi-unmeasured = { $interface } 已连上 { $ssid }，驱动不提供信号强度
finding-net-wifi-weak = { $interface } 的 Wi-Fi 信号弱（{ $ssid }，{ $dbm } dBm）：请靠近路由器
finding-net-wifi-poor = { $interface } 的 Wi-Fi 信号很差（{ $ssid }，{ $dbm } dBm），交易会超时
finding-net-wifi-password = { $interface } 连不上 { $ssid }：多半是 Wi-Fi 密码不对
finding-net-wifi-gone = { $interface } 找不到 Wi-Fi { $ssid }：路由器断电、离得太远或改了名称
finding-net-wifi-lost = { $interface } 与 Wi-Fi { $ssid } 断开，也收不到别的信号：路由器断电或离得太远，或终端上没有程序在找它
finding-net-wifi-off = { $interface } 没有连上 { $ssid }（{ $state }）
finding-net-wifi-unknown = 无法读取 Wi-Fi 状态：{ $reason }

## Mobile network
finding-net-cell-none = 没有移动网络模块
finding-net-cell-unused = 移动网络模块 { $modem } 已停用
finding-net-cell-ok = 移动网络正常（{ $operator ->
    [none] { "" }
   *[other] { $operator }，
}{ $percent }%）
finding-net-cell-weak = 移动网络信号弱（{ $operator ->
    [none] { "" }
   *[other] { $operator }，
}{ $percent }%）：请靠窗放置
finding-net-cell-no-sim = 没有 SIM 卡，或没插好
finding-net-cell-bad-sim = SIM 卡无法使用
finding-net-cell-pin = SIM 卡要输入 PIN 码
finding-net-cell-puk = SIM 卡被锁，要 PUK 码：请找移动运营商
finding-net-cell-denied = 移动运营商不让这张 SIM 卡入网：可能停机或欠费
finding-net-cell-searching = 正在找移动网络，还没有注册上
finding-net-cell-broken = 移动网络模块 { $modem } 有故障
finding-net-cell-unknown = 无法读取移动网络状态：{ $reason }

## Address
finding-net-address-ok = { $interface } 的地址是 { $address }
finding-net-address-leased = { $interface } 的地址是 { $address }，由 DHCP 分配，租约还有 { $left_h ->
    [0] { $left_min } 分钟
   *[other] { $left_h } 小时
}
finding-net-address-spare = { $interface } 未使用，不需要地址
finding-net-address-untested = 链路未通，地址未测
finding-net-address-none = { $interface } 没有拿到网络地址
finding-net-address-self = { $interface } 没有从路由器拿到地址，只有自配地址：路由器的 DHCP 没有应答
finding-net-address-duplicate = { $interface } 的地址与别的设备冲突
finding-net-address-lost = { $interface } 的地址租约到期，没有续上：路由器的 DHCP 没有应答
finding-net-address-seeking = { $interface } 正在向路由器要地址（DHCP），还没有应答
finding-net-address-unanswered = { $interface } 没有拿到地址：向路由器要过（DHCP），没有应答
finding-net-address-lease = { $interface } 的地址租约一直没有续上，还有 { $left_min } 分钟到期
finding-net-address-lease-dead = 给 { $interface } 分配地址的 DHCP 服务器 { $dhcp_server } 没有应答，租约还有 { $left_min } 分钟到期
finding-net-address-wide = { $interface } 的子网掩码不对（{ $address }）：把 { $missing } 当成了邻居，其实要走网关
finding-why-net-address-duplicate = 两台设备用同一个地址时，网络会时通时断
finding-net-address-unknown = 无法读取网络地址：{ $reason }
finding-why-net-address-self = 链路是通的，但分配地址的设备（一般是路由器）没有应答
finding-why-net-address-seeking = 链路是通的，但分配地址的设备（一般是路由器）没有应答
finding-why-net-address-unanswered = 链路是通的，但分配地址的设备（一般是路由器）没有应答

## Gateway
finding-net-gateway-ok = 网关 { $gateway } 正常，{ $rtt_ms } 毫秒
finding-net-gateway-quiet = 网关 { $gateway } 正常（没有应答探测，其他方面有反应）
finding-net-gateway-direct = { $interface } 直连运营商，不需要网关
finding-net-gateway-not-needed = 所有主机都在本地网络，不需要网关
finding-net-gateway-none = 没有默认网关，出不了本地网络
finding-net-gateway-dead = 网关 { $gateway } 没有应答：请检查路由器是否通电、重启路由器
finding-net-gateway-silent = 网关 { $gateway } 没有任何应答，网络也不通：请检查路由器
finding-net-gateway-unclear = 网关 { $gateway } 一向不应答探测，现在无法判断
finding-net-gateway-untested = 前面未通，网关未测
finding-net-gateway-unknown = 无法读取路由：{ $reason }
finding-why-net-gateway-dead = 终端到路由器之间没有应答，还没有出店，与银行无关
finding-why-net-gateway-silent = 终端到路由器之间没有应答，还没有出店，与银行无关

## DNS
finding-net-dns-ok = 域名解析正常，{ $rtt_ms } 毫秒
finding-net-dns-reached = 域名服务器有应答（当前没有需要解析的名称）
finding-net-dns-system = 名称 { $name } 由系统解析，正常
finding-net-dns-not-needed = 没有需要解析的名称
finding-net-dns-none = 没有配置域名服务器，主机名称无法解析
finding-net-dns-dead = DNS 没有应答（{ $servers_count } 台都没有），主机名称无法解析
finding-net-dns-dead-known = DNS 没有应答，名称 { $name } 暂时还能从本机得到
finding-net-dns-some-dead = { $servers_count } 台 DNS 中有 { $dead_count } 台没有应答：{ $dead }
finding-net-dns-slow = DNS 应答很慢，{ $rtt_ms } 毫秒
finding-net-dns-no-name = DNS 说没有 { $name } 这个名称：请核对主机名称
finding-net-dns-no-address = DNS 知道 { $name }，但没有它的地址
finding-net-dns-error = DNS 无法解析 { $name }：{ $replies }
finding-net-dns-order = 排在前面的 DNS { $other } 说没有 { $name }；后面的知道，但程序不会再问
finding-net-dns-search = 搜索域把 { $name } 变成了 { $other }，指到了别处：主机名称末尾加点，或改搜索域
finding-net-dns-garbage = DNS 的应答无法识别，{ $name } 无法解析
finding-why-net-dns-some-dead = 排在前面的 DNS 不应答时，每次解析都会慢几秒
finding-why-net-dns-no-name = 名称写错，或路由器上的 DNS 被改过

finding-net-dns-hijacked = DNS 把 { $name } 指到一个冒充的地址（不存在的名称也指到那里）：可能要先网页认证，或路由器的 DNS 被改过
finding-net-dns-bogus = DNS 给 { $name } 的地址不可用：{ $answers }
finding-net-dns-disagree = 几台 DNS 对 { $name } 的回答不一样，用得到的那个地址连不上主机：{ $answers }
finding-why-net-dns-hijacked = 名称能解析，但解析到的不是收单主机

## Line outside
finding-net-uplink-ok = 路由器外面的网络有应答
finding-net-uplink-untold = 路由器外面没有可以询问的地方，宽带线路不判断
finding-net-uplink-dead = 路由器正常，但外面的 { $places_count } 处都没有应答：宽带线路不通，请找宽带运营商
finding-why-net-uplink-dead = 店内网络是好的，与终端和收单主机无关

## Line quality
finding-net-loss-ok = 线路正常，没有明显丢包，{ $rtt_ms } 毫秒
finding-net-loss-quiet = 没有设备应答探测，线路质量不判断
finding-net-loss-near = 店内到路由器丢包 { $lost_percent }%：请检查网线、Wi-Fi 信号和路由器
finding-net-loss-far = 店外线路丢包 { $lost_percent }%：店内正常，请找宽带运营商
finding-net-loss-far-family = 店外线路只有 { $family } 丢包 { $lost_percent }%，另一种地址正常：请找宽带运营商
finding-net-loss-slow-family = 店外线路只有 { $family } 延迟 { $rtt_ms } 毫秒，另一种地址正常：请找宽带运营商
finding-net-loss-slow-near = 到路由器就要 { $rtt_ms } 毫秒：请检查 Wi-Fi 信号，或有设备占满了网络
finding-net-loss-slow-far = 店外线路延迟 { $rtt_ms } 毫秒，交易会变慢或超时
finding-why-net-loss-far = 丢包时小的请求偶尔能通，交易时好时坏

## Captive portal
finding-net-portal-not-asked = 没有配置上网认证的探测页
finding-net-portal-free = 不需要网页认证
finding-net-portal-login = 这个网络要先网页登录才放行：{ $location }
finding-net-portal-untested = 探测页没有打开（{ $reason }），是否要网页认证未测

## Route
finding-net-route-ok = 到主机 { $host } 走 { $interface }，网关 { $gateway }
finding-net-route-near = 到主机 { $host } 走 { $interface }，不经过网关
finding-net-route-untested = 主机 { $host } 的地址未知，路由未测
finding-net-route-untold = 系统没有说明到主机 { $host } 的路由：{ $reason }
finding-net-route-none = 没有到主机 { $host }（{ $ip }）的路由
finding-net-route-forbidden = 本机的路由设置不让去主机 { $host }（{ $ip }）
finding-net-route-gateway-dead = 到主机 { $host } 专用的网关 { $gateway }（{ $interface }）没有应答

## Trace
finding-net-trace-none = 到主机 { $host } 的路还没有跟踪过
finding-net-trace-running = 正在跟踪，最多 { $wait_s } 秒
finding-net-trace-unresolved = 主机 { $host } 的名称没有解析出来，无法跟踪
finding-net-trace-untold = 这个系统不能跟踪到主机 { $host } 的路：{ $reason }
finding-net-trace-whole = 到主机 { $host } 全程通，{ $hops_count } 跳，{ $rtt_ms } 毫秒
finding-net-trace-lossy = 到主机 { $host } 的路从第 { $loss_nth } 跳起丢包 { $lost_percent }%
finding-net-trace-refused = 到主机 { $host } 全程通，但主机拒绝端口 { $port }：问题在收单侧
finding-net-trace-not-sent = 发不到主机 { $host }：本机没有路由，或被本机规则禁止
finding-net-trace-at-once = 断在终端出口：路由器没有应答
finding-net-trace-mute = 一跳也没有应答，连路由器也没有：先查网线、Wi-Fi、路由器；都正常时就是路由器丢弃了连接
finding-net-trace-router = 断在路由器 { $last } 之后：运营商线路
finding-net-trace-beyond = 断在第 { $last_nth } 跳（{ $last }）之后，已经出店：先找宽带运营商，再找收单机构
finding-net-trace-port = 主机 { $host } 在线，但端口 { $port } 没有应答：收单侧的防火墙或程序
finding-net-trace-near = 本地网络里的主机 { $host } 没有应答：没开机，或地址不对
finding-net-trace-forbidden = { $by } 不让连接主机 { $host }：请管理该设备的人放行
finding-net-trace-no-way = { $by } 说没有去主机 { $host } 的路
finding-why-net-trace-router = 终端、网线、路由器都正常；路由器之后归运营商

## Firewall
finding-net-firewall-open = 店内网络放行到收单主机的连接
finding-net-firewall-unseen = 没有看出店内网络有拦截
finding-net-firewall-blocked = { $hosts_count } 台主机的端口同时被拦：多半是店内的防火墙不放行
finding-net-firewall-proxy = 店内网络不放行直接连接，只留了代理 { $proxy }：请网络管理员放行收单主机

## Size of packets
finding-net-mtu-ok = 大包能到主机 { $host }
finding-net-mtu-untested = 主机 { $host } 未连上或不需要大包，大包未测
finding-net-mtu-blackhole = 到主机 { $host } 的路上大包被吞掉（小包能通）：请技术员调小路由器的 MTU，或找宽带运营商
finding-why-net-mtu-blackhole = 能连上却没有下文，就是这种故障；与主机和证书无关

## Host: echo test
finding-host-echo-ok = 主机 { $host } 应答回声测试，{ $echo_ms } 毫秒
finding-host-echo-not-asked = 主机 { $host } 没有配置回声测试
finding-host-echo-unset = 回声测试缺终端号或商户号，或配置写法不对
finding-host-echo-untested = 主机 { $host } 未连通，回声测试未测
finding-host-echo-slow = { $host }：线路太慢，没有再做回声测试
finding-host-echo-silent = 主机 { $host } 能连上，但不应答回声测试：对方的交易程序没有工作
finding-host-echo-closed = 主机 { $host } 收到回声测试就断开了连接
finding-host-echo-garbage = 主机 { $host } 对回声测试的应答无法识别
finding-host-echo-refused = 主机 { $host } 对回声测试应答代码 { $code }
finding-host-tls-web = 主机 { $host } 的位置上应答的是网页：要先网页认证，或中间有代理

## Answers that are all the same
finding-txn-issuer-ok = 收单侧的应答正常
finding-txn-issuer-down = 最近 { $times } 笔都应答代码 { $code }：收单侧或发卡侧系统有故障，店里不用动
finding-txn-keys-ok = 没有密钥或校验类的应答
finding-txn-keys-wrong = 最近 { $times } 笔都应答代码 { $code }：密钥不对，先重新签到，仍不行请收单机构重下密钥
finding-txn-terminal-ok = 收单侧认识这台终端
finding-txn-terminal-unknown = 最近 { $times } 笔都应答代码 { $code }：收单侧没有登记这个终端号或商户号

## Checks of the site's own
finding-custom-none = 没有配置自定义检查
finding-custom-said = { $name }：{ $text }
finding-custom-mute = { $name }：没有给出说明（退出码 { $exit }）
finding-custom-odd = { $name }：退出码 { $exit } 不合约定，无法判断
finding-custom-late = { $name }：{ $limit_s } 秒内没有完成，已结束，无法判断
finding-custom-flood = { $name }：输出太多，已结束，无法判断
finding-custom-missing = { $name }：没有程序 { $command }
finding-custom-denied = { $name }：不允许运行 { $command }（权限或用户不对）
finding-custom-broken = { $name }：无法运行 { $command }：{ $reason }

## Last answered
finding-txn-last-ok = 最近一笔有应答的交易在 { $last }
finding-txn-last-none = 还没有主机应答过的交易

## Host: connection
finding-host-none = 没有配置收单主机
finding-host-tcp-ok = 主机 { $host } 已接受连接，{ $connect_ms } 毫秒
finding-host-tcp-refused = 主机 { $host } 拒绝连接：网络是通的，但对方端口 { $port } 没有服务
finding-host-tcp-filtered = 主机 { $host } 的端口 { $port } 被拦截：主机在线，连接被防火墙挡住
finding-host-tcp-timeout = 主机 { $host } 没有应答，连接超时
finding-host-tcp-unreachable = 到主机 { $host } 没有通路
finding-host-tcp-unresolved = 主机 { $host } 的名称没有解析出来，连接未测
finding-host-tcp-bad-address = 主机 { $host } 的地址写法不对：{ $address }
finding-why-host-tcp-refused = 请求已经到达主机所在的机器，终端和店内网络没有问题
finding-why-host-tcp-timeout = 店内网络正常，问题在运营商线路或收单侧

## Host: TLS
finding-host-tls-ok = 与主机 { $host } 的加密连接正常（{ $tls_version }）
finding-host-tls-none = 主机 { $host } 不使用加密连接
finding-host-tls-untested = 主机 { $host } 未连上，加密连接未测
finding-host-tls-silent = 主机 { $host } 接受了连接，但不应答加密握手
finding-host-tls-closed = 主机 { $host } 在加密握手时断开了连接
finding-host-tls-not-tls = 主机 { $host } 的应答不是加密协议：可能是上网认证页、代理，或端口不对
finding-host-tls-alert = 主机 { $host } 拒绝了加密握手：{ $reason }
finding-host-tls-broken = 与主机 { $host } 的加密握手失败：{ $reason }
finding-host-tls-bad-name = 主机 { $host } 的证书名称写法不对，加密连接未测

## Host: certificate
finding-host-cert-ok = 主机 { $host } 的证书有效，还有 { $days_left } 天
finding-host-cert-soon = 主机 { $host } 的证书还有 { $days_left } 天到期
finding-host-cert-expired = 主机 { $host } 的证书已于 { $valid_until } 到期（先看时钟对不对）
finding-host-cert-not-yet = 主机 { $host } 的证书要到 { $valid_from } 才生效：多半是终端时钟慢了，请先对时
finding-host-cert-wrong-name = 主机 { $host } 的证书不是给 { $expected_name } 的
finding-host-cert-unknown-ca = 主机 { $host } 的证书由不受信任的机构签发：可能中间有代理，或终端缺少收单机构的根证书
finding-host-cert-self-signed = 主机 { $host } 的证书是自签的，终端不信任
finding-host-cert-bad = 主机 { $host } 的证书有问题：{ $reason }
finding-host-cert-no-roots = 终端没有根证书，无法判断主机 { $host } 的证书
finding-host-cert-unjudged = 主机 { $host } 的证书无法判断：{ $reason }
finding-host-cert-untested = 主机 { $host } 的加密连接未通，证书未测

## Clock
finding-clock-ok = 时钟准确，相差 { $offset_ms } 毫秒
finding-clock-behind = 终端时钟慢了 { $off_s } 秒
finding-clock-ahead = 终端时钟快了 { $off_s } 秒
finding-clock-before-build = 终端时钟是 { $now }，早于本程序的生成日期：时钟不对
finding-clock-not-asked = 没有配置时间服务器，时钟未核对
finding-clock-silent = 时间服务器没有给出时间，时钟是否准确未知
finding-clock-disagree = 时间服务器之间相差 { $spread_s } 秒，无法判断谁对
finding-why-clock-behind = 时钟慢会让有效的证书看起来还没生效，交易日期也会错
finding-why-clock-ahead = 时钟快会让有效的证书看起来已到期，交易日期也会错

## Card readers
finding-reader-service-ok = 读卡服务正常，{ $readers_count } 个读卡器
finding-reader-service-none = 这台终端没有 PC/SC 读卡服务
finding-reader-service-no-library = 找不到 PC/SC 程序库 libpcsclite，读卡器无法测试
finding-reader-service-stopped = 读卡服务（pcscd）没有运行
finding-reader-service-hangs = 读卡服务没有应答
finding-reader-service-denied = 当前用户无权使用读卡服务
finding-reader-service-unknown = 无法询问读卡服务：{ $reason }
finding-reader-device-ok = 读卡器已连接：{ $reader }
finding-reader-device-none = 没有找到读卡器：请检查连接线
finding-reader-device-none-here = 没有通过 PC/SC 连接的读卡器
finding-reader-device-missing = 读卡器不见了：{ $reader }
finding-reader-device-broken = 读卡器 { $reader } 已连接，但不工作
finding-reader-untested = 前面未通，未测
finding-reader-card-none-here = 没有这种读卡器
finding-reader-card-empty = 没有插卡
finding-reader-card-waiting = 请现在把卡插好，最多等 { $wait_s } 秒
finding-reader-card-waiting-tap = 请现在把卡贴在感应区，最多等 { $wait_s } 秒
finding-reader-card-not-inserted = 等了 { $waited_s } 秒没有卡，未测
finding-reader-card-busy = 正在交易，读卡测试没有开始：等交易结束再测
finding-reader-card-held = 收银应用正占用读卡器，测试没有进行：看4的成败记录，或先退出收款界面
finding-reader-card-present = 卡有应答（{ $protocols }）
finding-reader-card-ok = 读卡正常：卡有应答，支付目录可选（{ $sw }），{ $ms } 毫秒
finding-reader-card-no-directory = 读卡器和卡都有应答；卡上没有 { $directory } 目录（{ $sw }），许多卡都这样
finding-reader-card-blocked = 读卡器正常；这张卡答复已锁（{ $sw }），请换一张卡
finding-reader-card-app-blocked = 读卡器正常；这张卡的支付应用已锁（{ $sw }），请换一张卡
finding-reader-card-refuses = 读卡器正常；这张卡不接受这种用法（{ $sw }），请换一张卡
finding-reader-card-pin-blocked = 读卡器正常；这张卡的密码已锁（{ $sw }），由持卡人找发卡行
finding-reader-card-pin-tries = 读卡器正常；这张卡还可试密码 { $tries } 次（{ $sw }）
finding-reader-card-not-payment = 读卡器正常；这不是支付卡（{ $sw }）
finding-reader-card-odd = 卡的答复不正常（{ $sw }）：换一张卡再测
finding-reader-card-mute = 卡没有应答：检查朝向和芯片，换一张卡再测
finding-reader-card-all-mute = 连续 { $in_a_row } 张卡都没有应答：多半是读卡器，先清洁触点
finding-reader-card-pulled = 卡在测试中被拔出：插到底不要动，再测一次
finding-reader-card-garbled = 卡的应答读不懂（{ $reason }）：清洁芯片和触点，换一张卡再测
finding-reader-card-check-byte = 卡有应答，但校验字节不对：触点可能脏了，也有少数卡本来如此
finding-reader-card-cut-short = 卡有应答，但缺校验字节：触点可能接触不良
finding-reader-card-unknown = 读卡测试没有结果：{ $reason }
finding-why-reader-card-mute = 只有一张卡没有应答，多半是那张卡；几张都没有应答，才是读卡器
finding-why-reader-service-stopped = 读卡服务停了，芯片卡和挥卡都读不到；刷磁条和扫码不受影响

## Printer
finding-printer-ok = 打印机正常
finding-printer-none = 没有打印机
finding-printer-gone = 打印机不见了（{ $device }）：检查连接线和电源
finding-printer-held = 收银应用正占用打印机，没有问到状态
finding-printer-denied = 当前用户无权询问打印机
finding-printer-mute = 打印机刚才还有应答，现在没有：关开打印机电源再看
finding-printer-silent = 打印机没有应答状态询问，无法判断
finding-printer-garbage = 打印机的应答读不懂（{ $byte }），无法判断
finding-printer-half = 打印机只答了一部分，无法判断
finding-printer-unknown = 无法询问打印机：{ $reason }
finding-printer-paper = 打印机缺纸：装纸，热敏面朝向按机身图示
finding-printer-near-end = 打印纸快用完了
finding-printer-cover = 打印机纸盖没合好
finding-printer-hot = 打印头过热：停几分钟，不用关机
finding-printer-voltage = 打印机报告不能自行恢复的错误，常见的是供电电压不对：查适配器
finding-printer-cutter = 切刀卡住：打开纸盖，取出碎纸
finding-printer-mechanics = 打印机机械错误：打开纸盖看有没有卡纸
finding-printer-error = 打印机报告出错
finding-printer-offline = 打印机脱机
finding-why-printer-paper = 没打出单不等于交易没成，成没成看34

## Power
finding-power-supply-ok = 外接电源正常（{ $supply }）
finding-power-supply-none = 系统不报告外接电源
finding-power-supply-off = 正在用电池，没有接外接电源
finding-power-supply-weak = 供电电压过低：换原装适配器和电源线
finding-power-supply-dipped = 开机以来出现过电压过低：换原装适配器和电源线（{ $supply }）
finding-power-supply-odd = 外接电源的状态不可信（{ $value }），无法判断
finding-power-battery-ok = 电池 { $percent }%（{ $state ->
    [Charging] 充电中
    [Discharging] 正在用电池
    [Full] 已充满
    [Unknown] 状态不明
   *[other] 没有充电
}）
finding-power-battery-none = 没有电池
finding-power-battery-missing = 应有的电池不见了
finding-power-battery-empty = 电池只剩 { $percent }%，正在耗电：马上接电源
finding-power-battery-low = 电池剩 { $percent }%，正在耗电：请接电源
finding-power-battery-bad = 电池已损坏（{ $health }）：停用并更换
finding-power-battery-hot = 电池过热：移到通风处，先不要充电
finding-power-battery-cold = 电池过冷：放到室温下再用
finding-power-battery-odd = 电池的读数不可信（{ $value }），无法判断
finding-power-boots-ok = 一周内开机 { $boots } 次，都是正常关机之后
finding-power-boots-some = 一周内开机 { $boots } 次，其中 { $unclean } 次之前没有正常关机
finding-power-boots-unclean = 一周内 { $unclean } 次没有正常关机就断电（最近 { $last }）：检查插座、适配器，不要直接拔电
finding-power-boots-none = 没有开关机记录
finding-power-boots-unknown = 无法读取开关机记录：{ $reason }
finding-why-power-battery-empty = 电压低时读卡器、打印机和无线会先出错
finding-why-power-supply-weak = 电压低时读卡器、打印机和无线会先出错

## Clock: its keepers
finding-clock-rtc-ok = 关机走时的时钟正常
finding-clock-rtc-none = 没有关机走时的时钟
finding-clock-rtc-off = 关机走时的时钟差 { $off_s } 秒：对时后会写入
finding-clock-rtc-lost = 关机走时的时钟已丢失时间，多半是纽扣电池没电
finding-clock-rtc-unknown = 无法读取关机走时的时钟：{ $reason }
finding-clock-sync-ok = { $keeper } 正在校准时钟
finding-clock-sync-none = 没有校时服务
finding-clock-sync-not-yet = { $keeper } 还没有校准过时钟
finding-clock-sync-dead = 校时服务 { $keeper } 没有工作：{ $reason }
finding-clock-sync-unknown = 无法询问校时服务 { $keeper }：{ $reason }

## Storage life, USB, memory, application
finding-sys-flash-ok = 内置存储寿命已用约 { $used_percent }%
finding-sys-flash-none = 系统不报告存储寿命
finding-sys-flash-odd = 存储寿命的读数不可信（{ $value }），无法判断
finding-sys-flash-wearing = 内置存储 { $device } 寿命将尽：安排备份和更换
finding-sys-flash-worn = 内置存储 { $device } 寿命已尽：马上备份并更换
finding-sys-usb-ok = USB 部件齐全
finding-sys-usb-none = 没有 USB
finding-sys-usb-missing = USB 部件不见了：{ $part }
finding-sys-usb-unknown = 无法读取 USB 部件：{ $reason }
finding-sys-oom-ok = 没有程序因内存不足被结束
finding-sys-oom-untold = 系统不报告内存不足的次数
finding-sys-oom-killed = 内存用尽，系统结束过 { $killed } 次程序
finding-app-alive-ok = 收银应用 { $process } 在运行，已 { $minutes } 分钟
finding-app-alive-dead = 收银应用 { $process } 没有运行
finding-app-alive-looping = 收银应用 { $process } 反复重启（{ $restarts } 次）：请看它的日志
finding-app-alive-not-looked = 没有配置收银应用的程序名
finding-app-alive-unknown = 无法查看收银应用 { $process }：{ $reason }
finding-app-memory-ok = 收银应用占内存 { $megabytes } MB
finding-app-memory-much = 收银应用占内存 { $megabytes } MB，超过 { $limit_mb } MB
finding-app-memory-dead = 收银应用没有运行，内存未测
finding-app-memory-not-looked = 没有配置收银应用的内存上限
finding-app-memory-unknown = 无法查看收银应用的内存：{ $reason }

## Security and vendors' commands
finding-sec-ports-ok = 对外开放的端口与预期相符
finding-sec-ports-open = 对外开放了预期之外的端口：{ $ports }
finding-sec-ports-not-looked = 没有配置允许开放的端口
finding-sec-ports-unknown = 无法读取开放的端口
finding-sec-ports-no-filter = 防火墙没有进站规则
finding-sec-ports-filter-unknown = 无法读取防火墙规则：{ $reason }
finding-sec-cert-ok = 证书有效，最近到期的是 { $file }，还有 { $days } 天
finding-sec-cert-none = 没有配置要检查的证书
finding-sec-cert-soon = 证书 { $file } 还有 { $days } 天到期
finding-sec-cert-expired = 证书 { $file } 已过期
finding-sec-cert-not-yet = 证书 { $file } 还没生效：先核对时钟
finding-sec-cert-unread = 无法读取证书 { $file }：{ $reason }
finding-sec-tamper-ok = 防拆正常
finding-sec-tamper-set = 防拆已触发：停止收款，联系收单机构
finding-check-adapter-ok = 厂商命令报告正常：{ $text }
finding-check-adapter-told = 厂商命令报告：{ $text }
finding-check-adapter-absent = 厂商命令报告没有这个部件
finding-check-adapter-none = 没有配置厂商命令
finding-check-adapter-bad = 厂商命令没有给出可用的结果：{ $reason }

## Readers that type
finding-reader-swipe-none = 没有找到键盘式的磁条读卡器
finding-reader-swipe-there = 磁条读卡器已连接，未测刷卡
finding-reader-swipe-gone = 磁条读卡器不见了：{ $reader }
finding-reader-swipe-waiting = 请现在刷卡，最多等 { $wait_s } 秒
finding-reader-swipe-ok = 磁条读得好
finding-reader-swipe-partly = 支付用的磁道2读得好，别的磁道没读好
finding-reader-swipe-one = 磁道1读得好，没有收到磁道2
finding-reader-swipe-bad = 磁条没读好：匀速再刷，换一张卡；几张都不行，清洁磁头
finding-reader-swipe-odd = 收到了数据，但不是磁条格式
finding-reader-scan-none = 没有找到键盘式的扫码头
finding-reader-scan-there = 扫码头已连接，未测扫码
finding-reader-scan-gone = 扫码头不见了：{ $reader }
finding-reader-scan-waiting = 请现在扫一个码，最多等 { $wait_s } 秒
finding-reader-scan-ok = 扫码正常，收到 { $length } 个字符
finding-reader-typed-nothing = 等了 { $waited_s } 秒没有收到，未测
finding-reader-typed-gone = 测试时设备不见了：检查连接线
finding-reader-typed-denied = 当前用户无权打开这个设备
finding-reader-typed-held = 别的程序独占着这个设备，无法测试
finding-reader-typed-unknown = 无法测试：{ $reason }

## System
finding-sys-disk-ok = { $mount } 剩余空间 { $free_percent }%
finding-sys-disk-low = { $mount } 空间不多了，剩 { $free_percent }%（{ $free_mb } MB）
finding-sys-disk-full = { $mount } 空间几乎用完，剩 { $free_percent }%（{ $free_mb } MB）
finding-sys-disk-files = { $mount } 可建的文件数几乎用完，剩 { $files_free_percent }%
finding-sys-disk-unknown = 无法读取 { $mount } 的空间：{ $reason }
finding-sys-disk-none = 没有配置要检查的存储
finding-sys-readonly-ok = 存储可写
finding-sys-readonly = { $mount } 变成了只读：存储可能损坏
finding-sys-readonly-unknown = 无法读取挂载状态：{ $reason }
finding-sys-memory-ok = 可用内存 { $available_percent }%
finding-sys-memory-low = 可用内存不多了，剩 { $available_percent }%（{ $available_mb } MB）
finding-sys-memory-out = 内存几乎用完，剩 { $available_percent }%（{ $available_mb } MB）
finding-sys-memory-unknown = 无法读取内存状态：{ $reason }
finding-sys-load-ok = 系统负载正常
finding-sys-load-high = 系统很忙：5 分钟平均负载 { $load_5 }（{ $cores } 核）
finding-sys-load-unknown = 无法读取系统负载：{ $reason }
finding-sys-temperature-ok = 温度 { $celsius } 度
finding-sys-temperature-high = 温度过高：{ $celsius } 度，请移到通风处
finding-sys-temperature-throttled = 处理器正在降速散热（降了 { $percent }%）：终端会变慢，让它通风散热
finding-sys-temperature-none = 这台终端没有温度传感器
finding-sys-temperature-absurd = 温度传感器的读数不可信（{ $celsius }）
finding-sys-temperature-unknown = 无法读取温度：{ $reason }
finding-sys-units-ok = 系统服务正常
finding-sys-units-down = 服务 { $unit } 没有运行（{ $state }）
finding-sys-units-starting = 服务 { $unit } 正在启动或停止（{ $state }）
finding-sys-units-failed = 有 { $failed_count } 个系统服务失败：{ $unit }
finding-sys-units-none = 这台终端没有 systemd
finding-sys-units-no-systemd = 配置了要检查的服务，但这台终端没有 systemd
finding-sys-units-unknown = 无法读取系统服务：{ $reason }

## Transactions
finding-txn-none = 还没有交易
finding-txn-pending-ok = 没有待处理的交易
finding-txn-waiting = 有 { $waiting } 笔待发（冲正或未上送），网络恢复后会自动发送
finding-txn-query-needed = 有 { $query_needed } 笔交易结果要查询，请勿重复收款
finding-txn-unanswered = 最近 { $unanswered_in_a_row } 笔交易都没有应答
finding-txn-declines-ok = 最近 { $answered } 笔有应答的交易中 { $declined } 笔未通过
finding-txn-declines-many = 最近 { $answered } 笔中 { $declined } 笔未通过，最多的是代码 { $top_code }（{ $top_count } 笔）
finding-txn-latency-ok = 主机应答正常，多数在 { $p95_s } 秒内
finding-txn-latency-slow = 主机应答慢，{ $p95_s } 秒
finding-txn-latency-none = 还没有应答时间
finding-why-txn-declines-many = 这些交易已经到达收单侧并得到答复，与终端和网络无关

## Sources
finding-source-ok = 交易日志 { $source } 正常，已读 { $read } 笔
finding-source-none = 没有配置交易日志：看不到交易，请在配置中写明 [[source]]
finding-source-missing = 交易日志 { $source } 不存在：{ $path }
finding-source-denied = 没有权限读取交易日志 { $source }：{ $path }
finding-source-directory = 交易日志 { $source } 的路径是文件夹：{ $path }
finding-source-pattern = 交易日志 { $source } 的 patterns 写法有误
finding-source-error = 无法读取交易日志 { $source }：{ $reason }
finding-source-no-journalctl = 读不到 { $source }: 本机没有 journalctl
finding-source-ended = { $source } 暂时读不到: journalctl 已退出 ({ $reason })，正在重新启动
finding-source-no-folder = { $source } 的套接字建不了: 没有目录 { $reason }
finding-source-unsafe-folder = { $source } 的套接字没有建: 目录 { $reason } 别人也能写
finding-source-occupied = { $source } 的套接字建不了: { $path } 处已有别的文件
finding-source-in-use = { $source } 的套接字建不了: 另一个程序正在使用 { $path }
finding-source-group = { $source } 的套接字已打开，但没能交给用户组 { $reason }，支付应用可能连不上
finding-source-not-sqlite = { $source } 的数据库不是 SQLite 文件，或已加密: { $path }
finding-source-busy = { $source } 的数据库一直在写入，空下来就会读取
finding-source-left-open = { $source } 的数据库停在一次未完成的写入中，或被支付应用独占；支付应用重新打开后就能读取
finding-source-no-table = { $source } 的数据库里没有表 { $reason }: 支付应用已变，或配置写错
finding-source-no-column = { $source } 的数据库里没有列 { $reason }: 支付应用已变，或配置写错
finding-source-no-number = { $source } 的列 { $reason } 不是整数，分不出新旧交易
finding-source-query = { $source } 的数据库不接受查询: { $reason }
finding-source-nothing = 交易日志 { $source } 有 { $unreadable } 行，一行也不认得：请核对 kind、time_format 和字段对应
finding-source-nothing-time = 交易日志 { $source } 的时间不认得，{ $unreadable } 行都读不了：请设置 time_format，例如 "%y-%m-%d %H:%M:%S" 或 "%d-%m-%y %H:%M:%S"，或核对 time 对应的字段
finding-source-nothing-packing = 交易日志 { $source } 的 { $unreadable } 条报文都不认得：应使用打包格式 { $packing }，请设置 packing = "{ $packing }"，或留空自动识别
finding-source-lines-time = 交易日志 { $source } 有 { $unreadable } 行无法识别（已读 { $read } 笔），最后一行是时间不认得：见 time_format
finding-source-lines = 交易日志 { $source } 有 { $unreadable } 行无法识别（已读 { $read } 笔）
finding-source-format = 格式不认得: 交易日志 { $source } 有 { $unknown } 行不符合任何 pattern（已读 { $read } 笔）；支付应用升级后需补充新的 pattern
finding-source-lag-ok = 交易日志已读到最新
finding-source-lag-reading = 正在读取历史日志，还有 { $behind_mb } MB
finding-source-lag-behind = 交易日志 { $source } 落后 { $behind_mb } MB
finding-source-lag-none = 没有交易日志
finding-source-lag-untested = 日志读不了，进度未测

## Store
finding-store-ok = 历史记录正常，{ $sales } 笔交易
finding-store-full = 存储已满，历史记录只在内存中，重启后丢失
finding-store-read-only = 存储只读，历史记录只在内存中，重启后丢失
finding-store-error = 历史记录无法写入，只在内存中：{ $reason }
finding-store-memory = 历史记录只在内存中，重启后丢失
finding-store-set-aside = 历史数据库损坏，已另存为 { $set_aside }，并从交易日志重建

## Trends: the newest hours against this terminal's usual
finding-name-reader-fallback = 插卡口
finding-name-trend-fallback = 插卡变化
finding-name-trend-bank = 单家银行
finding-name-trend-code = 代码变化
finding-name-trend-declines = 未通过变化
finding-name-trend-latency = 应答变化
finding-who-reader-fallback = 店员
finding-who-trend-fallback = 店员
finding-who-trend-bank = 收单机构
finding-who-trend-code = 店员
finding-who-trend-declines = 收单机构
finding-who-trend-latency = 收单机构
finding-trend-none = 记录还不够，不知道平时的样子
finding-trend-ok = 与平时一样
finding-reader-fallback = 插卡口要清洁：{ $since } 起 { $trials } 笔插卡中 { $events } 笔读不出芯片（{ $percent }%）
finding-reader-fallback-ok = { $since } 起插卡 { $trials } 笔，读不出芯片 { $events } 笔（{ $percent }%）
finding-reader-fallback-none = 最近没有插卡交易
finding-trend-fallback = 芯片读不出改刷卡：{ $since } 起 { $trials } 笔中 { $events } 笔（{ $percent }%），平时 { $usual_percent }%。请清洁插卡口
finding-trend-bank = 只有 { $bank } 开头的卡异常：{ $since } 起 { $trials } 笔中 { $events } 笔未通过（{ $percent }%），平时 { $usual_percent }%，其他卡正常
finding-trend-code = 代码 { $code } 比平时多：{ $since } 起 { $trials } 笔中 { $events } 笔（{ $percent }%），平时 { $usual_percent }%
finding-trend-declines = 未通过的交易比平时多：{ $since } 起 { $trials } 笔中 { $events } 笔（{ $percent }%），平时 { $usual_percent }%
finding-trend-latency = 主机应答比平时慢：{ $since } 起一般要 { $p50_s } 秒，平时 { $usual_s } 秒
finding-why-reader-fallback = 几张不同的卡都读不出芯片，多半是插卡口的触点脏了；只有一张卡读不出，是那张卡的问题
finding-why-trend-fallback = 几张不同的卡都读不出芯片，多半是插卡口的触点脏了；只有一张卡读不出，是那张卡的问题
finding-why-trend-bank = 其他银行的卡照常通过：终端和网络没有问题，请顾客换一张卡或扫码
finding-why-trend-code = 这些交易已经到达收单侧并得到答复，请按 31 看这个代码的含义
finding-why-trend-declines = 这些交易已经到达收单侧并得到答复，与终端和网络无关
finding-why-trend-latency = 交易仍有答复，只是慢：不要重复收款，等结果出来

## 参数
finding-params-none = 没有查看支付应用的参数: 未配置参数文件
finding-params-not-told = 参数文件里没有这一项
finding-params-untested = 参数读不到，这一项未测
finding-params-missing = 参数文件不存在: { $file }
finding-params-denied = 无权读取参数文件: { $file }
finding-params-unreadable = { $line ->
    [0] 参数文件 { $file } 读不出: { $reason }
   *[other] 参数文件 { $file } 第{ $line }行读不出: { $reason }
}
finding-params-no-key = 参数文件 { $file } 里没有 { $key } ({ $name })
finding-params-ok = 读到{ $count }项参数
finding-params-bad-form = { $name } 是 { $have }，应为{ $length }位字母或数字
finding-params-differs = { $name } 是 { $have }，应为 { $expected }
finding-params-not-journal = 参数里 { $name } 是 { $have }，而本机交易用的是 { $journal }
finding-params-identity-ok = { $name } 是 { $have }
finding-params-no-number = { $name } 是 { $have }，不是数字
finding-params-limits-crossed = 单笔限额 ({ $limit_single }) 高于日累计限额 ({ $limit_daily })
finding-params-limits-ok = 限额: 单笔 { $limit_single }，日累计 { $limit_daily }，挥卡 { $limit_contactless }
finding-params-keys-none = 没有装入 { $name }: 下载参数之前不能受理芯片卡
finding-params-keys-ok = 已装入: 卡应用{ $aid_count }个，公钥{ $ca_key_count }个
finding-version-nothing-expected = 没有规定支付应用的版本
finding-version-system = { $system }，内核 { $kernel }，维护台 { $console }
finding-version-system-unnamed = 系统没有写明名称；内核 { $kernel }，维护台 { $console }
finding-version-ok = 版本与规定的一致
