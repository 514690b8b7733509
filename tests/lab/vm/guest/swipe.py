#!/usr/bin/env python3
"""A magnetic stripe reader that types like a keyboard: waits until somebody has taken it for himself, then swipes."""
import sys
import time

from evdev import InputDevice, UInput, ecodes, list_devices

KEYS = {sign: getattr(ecodes, "KEY_" + sign) for sign in "0123456789"}
KEYS |= {";": ecodes.KEY_SEMICOLON, "=": ecodes.KEY_EQUAL, "?": ecodes.KEY_SLASH, "\n": ecodes.KEY_ENTER}
NAME = "LAB Magstripe Reader"

reader = UInput({ecodes.EV_KEY: sorted(set(KEYS.values()) | {ecodes.KEY_LEFTSHIFT})}, name=NAME, vendor=0x0801, product=1)
time.sleep(1)
own = next(InputDevice(path) for path in list_devices() if InputDevice(path).name == NAME)
print(own.path, flush=True)
for _ in range(600):
    try:
        own.grab()
        own.ungrab()
    except OSError:
        break
    time.sleep(0.1)
else:
    sys.exit("nobody took the reader")
time.sleep(0.5)
for sign in sys.argv[1] + "\n":
    if sign == "?":
        reader.write(ecodes.EV_KEY, ecodes.KEY_LEFTSHIFT, 1)
    for down in (1, 0):
        reader.write(ecodes.EV_KEY, KEYS[sign], down)
    if sign == "?":
        reader.write(ecodes.EV_KEY, ecodes.KEY_LEFTSHIFT, 0)
    reader.syn()
    time.sleep(0.01)
time.sleep(1)
