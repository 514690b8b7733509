"""Decodes the good cup-pos vectors with pyiso8583, over and over; prints messages a second.

usage: decode.py PACKING.toml VECTORS.jsonl SECONDS
"""

import json
import sys
import time
import tomllib

import iso8583


def spec_of(path):
    """The packing's table of fields in pyiso8583's words."""
    with open(path, "rb") as file:
        packing = tomllib.load(file)
    fixed = {"len_enc": "bcd", "len_type": 0, "desc": ""}
    spec = {
        "h": {**fixed, "data_enc": "b", "max_len": 13},
        "t": {**fixed, "data_enc": "b", "max_len": 2},
        "p": {**fixed, "data_enc": "b", "max_len": 8},
        "1": {**fixed, "data_enc": "b", "max_len": 8},
    }
    for number in range(2, 129):
        text = packing["fields"].get(str(number), "b1")
        pad_right = text.endswith("<")
        text = text.rstrip("< ")
        kind = text.rstrip("0123456789.")
        rest = text[len(kind):]
        size = rest.lstrip(".")
        digits = len(rest) - len(size)
        field = {**fixed, "len_type": (digits + 1) // 2, "max_len": int(size), "data_enc": "b"}
        if kind in ("n", "z"):
            field["len_count"] = "nibbles"
            field["right_pad" if pad_right else "left_pad"] = "0"
        elif kind in ("an", "gbk"):
            field["data_enc"] = "latin-1"
        spec[str(number)] = field
    return spec


def main():
    spec = spec_of(sys.argv[1])
    messages = []
    with open(sys.argv[2], encoding="utf-8") as file:
        for line in file:
            vector = json.loads(line)
            if vector["packing"] == "cup-pos" and "error" not in vector:
                messages.append((bytes.fromhex(vector["hex"]), vector["decoded"]))
    for message, wanted in messages:
        got, _ = iso8583.decode(message, spec)
        if got["t"] != wanted["t"] or got.get("11") != wanted.get("11"):
            sys.exit(f"the spec is wrong: {got} is not {wanted}")
    began = time.perf_counter()
    count = 0
    while time.perf_counter() - began < float(sys.argv[3]):
        for message, _ in messages:
            iso8583.decode(message, spec)
        count += len(messages)
    print(count / (time.perf_counter() - began))


main()
