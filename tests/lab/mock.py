"""A mocked NetworkManager with a cable, a radio and a modem: what the terminal under test asks of it is printed.

usage: mock.py lay | mock.py profiles
       mock.py modem LINK ON      a mocked ModemManager gets a modem that carries LINK; switched on, it runs the shell's ON
"""
import sys

import dbus

MOCK = "org.freedesktop.DBus.Mock"
NAME = "org.freedesktop.NetworkManager"
ROOT = "/org/freedesktop/NetworkManager"
DEVICE = NAME + ".Device"
PSK = 0x100
bus = dbus.SystemBus()


def mock(path=ROOT):
    return dbus.Interface(bus.get_object(NAME, path), MOCK)


def lay():
    radio = mock().AddWiFiDevice("radio", "wlan0", 30)
    for name, ssid, strength, lock in [("a", "SHOP-5G", 80, PSK), ("b", "OPEN", 40, 0), ("c", "SHOP-5G", 30, PSK)]:
        mock().AddAccessPoint(radio, name, ssid, "00:23:F8:7E:12:" + name * 2, 2, 2425, 5400, strength, lock,
                              signature="ssssuuuyu")
    modem = ROOT + "/Devices/modem"
    mock().AddObject(modem, DEVICE, {
        "ActiveConnection": dbus.ObjectPath("/"), "Managed": True, "DeviceType": dbus.UInt32(8),
        "State": dbus.UInt32(30), "StateReason": dbus.Struct((dbus.UInt32(30), dbus.UInt32(0))),
        "Interface": "cdc-wdm0", "IpInterface": "",
        "AvailableConnections": dbus.Array([], signature="o"),
    }, dbus.Array([], signature="(ssss)"))
    mock().SetProperty(ROOT, NAME, "WwanEnabled", True)


def profiles():
    settings = dbus.Interface(bus.get_object(NAME, ROOT + "/Settings"), NAME + ".Settings")
    for path in settings.ListConnections():
        face = dbus.Interface(bus.get_object(NAME, path), NAME + ".Settings.Connection")
        known = face.GetSettings()
        kind = known["connection"]["type"]
        if kind == "gsm":
            print(kind, known["gsm"].get("apn", "-"), known["ipv4"].get("route-metric", "-"))
        else:
            name = bytes(known["802-11-wireless"]["ssid"]).decode()
            lock = known.get("802-11-wireless-security", {})
            hidden = ["hidden"] if known["802-11-wireless"].get("hidden") else []
            print(kind, name, lock.get("key-mgmt", "-"), lock.get("psk", "-"), *hidden)


def modem():
    name, link, on = "org.freedesktop.ModemManager1", *sys.argv[2:]
    face = name + ".Modem"
    enable = (f"import os; self.UpdateProperties('{face}', {{'State': dbus.Int32(8 if args[0] else 3)}}); "
              f"os.system({on!r}) if args[0] else None")
    root = dbus.Interface(bus.get_object(name, "/org/freedesktop/ModemManager1"), MOCK)
    root.AddObject("/org/freedesktop/ModemManager1/Modem/0", face, {
        "State": dbus.Int32(8), "PrimaryPort": "cdc-wdm0", "Bearers": dbus.Array([], signature="o"),
        "Ports": dbus.Array([(link, dbus.UInt32(2))], signature="(su)"),
    }, [("Enable", "b", "", enable)])


{"lay": lay, "modem": modem, "profiles": profiles}[sys.argv[1]]()
