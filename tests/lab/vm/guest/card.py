#!/usr/bin/env python3
"""A payment card in the virtual reader: length and bytes over TCP. It answers the choice of its payment directory and
nothing else, and comes back whenever the card service does. A mute one (`mute`) says
what it is and then nothing."""
import socket
import struct
import sys
import time

ANSWER_TO_RESET = bytes.fromhex("3B6800000073C84012009000")
DIRECTORY = bytes.fromhex("6F1A840E315041592E5359532E4444463031A5088801015F2D027A689000")
MUTE = sys.argv[1:] == ["mute"]


def take(door, count):
    data = b""
    while len(data) < count:
        piece = door.recv(count - len(data))
        if not piece:
            raise OSError
        data += piece
    return data


def answer(command):
    if len(command) == 1:
        return ANSWER_TO_RESET if command[0] == 4 else None
    if MUTE:
        return None
    if command[:4] == b"\x00\xa4\x04\x00":
        return DIRECTORY if b"1PAY.SYS.DDF01" in command else b"\x6a\x82"
    return b"\x6d\x00"


while True:
    try:
        with socket.create_connection(("127.0.0.1", 35963), 5) as door:
            door.settimeout(None)
            while True:
                said = answer(take(door, struct.unpack("!H", take(door, 2))[0]))
                if said is not None:
                    door.sendall(struct.pack("!H", len(said)) + said)
    except OSError:
        time.sleep(1)
