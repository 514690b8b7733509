versions-system = 系统 { $version }
versions-kernel = 内核 { $version }
versions-app = 收银应用 { $version }
versions-params = 参数版本 { $version }
versions-codes = 代码表 { $version }
versions-firmware = 固件 { $part }: { $version }
versions-app-untold = 收银应用的版本: 没有配置参数文件，本机不知道。
