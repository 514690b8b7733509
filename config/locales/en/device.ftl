# 5 DEVICE and 56 SYSTEM.
device-tid = TID: { $value }
device-mid = MID: { $value }
device-serial = Serial number: { $value }
device-machine = Machine: { $value }
device-not-known = not known
device-clock-now = Clock of this terminal { $time }
device-agent = Agent, version { $version }
device-agent-inside = Agent inside this program, version { $version }
device-store = Store: { $sales } transactions, { $megabytes } MB
device-set-aside = A damaged store was set aside: { $name }
