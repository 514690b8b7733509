# 7 UPDATE.
update-running = 维护台版本 { $version }
update-later = 检查和安装新版本: 本版本尚未提供。请由技术员用系统的软件包安装。
