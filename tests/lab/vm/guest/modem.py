#!/usr/bin/env python3
"""A modem of AT commands on the abstract socket that ModemManager's test interface takes for a port, with a SIM and a
network as the first word says: ready, no-sim, pin, puk, denied, searching, weak."""
import socket
import sys
import threading

STATE = sys.argv[1]
SIM = {"no-sim": "+CME ERROR: 10", "pin": "+CPIN: SIM PIN", "puk": "+CPIN: SIM PUK"}.get(STATE, "+CPIN: READY")
REGISTERED = {"denied": "3", "searching": "2"}.get(STATE, "1")
CELL = f'{REGISTERED},"00C3","0000BEEF",7' if REGISTERED == "1" else REGISTERED
SIGNAL, BARS = ("2", "0") if STATE == "weak" else ("22", "4")
SAYS = {
    "+GCAP": "+GCAP: +CGSM", "I": "LAB\r\nPOS-4G\r\n1.0", "+CGMI": "LAB", "+GMI": "LAB", "+CGMM": "POS-4G",
    "+GMM": "POS-4G", "+CGMR": "1.0", "+GMR": "1.0", "+CGSN": "490154203237518", "+GSN": "490154203237518",
    "+CIMI": "001010123456789", "+CCID": "+CCID: 89860000000000000001", "+CPIN?": SIM, "+CFUN?": "+CFUN: 1",
    "+CREG?": f"+CREG: 2,{CELL}", "+CGREG?": f"+CGREG: 2,{CELL}", "+CSQ": f"+CSQ: {SIGNAL},99",
    "+COPS=3,2;+COPS?": '+COPS: 0,2,"00101",7', "+COPS=3,0;+COPS?": '+COPS: 0,0,"LABNET",7',
    "+CSCS=?": '+CSCS: ("IRA","GSM","UCS2")', "+CSCS?": '+CSCS: "IRA"', "+CMER=?": "+CMER: (0-3),(0),(0),(0,1),(0,1)",
    "+CIND=?": '+CIND: ("signal",(0-5)),("service",(0-1)),("roam",(0-1))', "+CIND?": f"+CIND: {BARS},1,0",
    "+CGDCONT=?": '+CGDCONT: (1-11),"IP",,,(0-2),(0-4)', "+CGDCONT?": '+CGDCONT: 1,"IP","lab","",0,0',
    "+CLCK=?": '+CLCK: ("SC","FD")', '+CLCK="SC",2': "+CLCK: 0", "+WS46=?": "+WS46: (12,22,25,28)", "+CGACT?": "+CGACT: 1,1",
    "+CPMS=?": '+CPMS: ("SM"),("SM"),("SM")', "+CMGF=?": "+CMGF: (0,1)", "+CRSM=176,28589,0,0,4": '+CRSM: 144,0,"00000002"',
}
FINE = {"", "E0", "V1", "+CMEE=1", "X4", "&C1", "Z", "H", "+CFUN=1", "+CNUM"} | {f"+C{g}REG={n}" for g in ("", "G") for n in "012"}


def answer(line):
    word = line.upper().removeprefix("AT")
    said = SAYS.get(word)
    if said is None:
        return "OK" if word in FINE else "ERROR"
    return said if "ERROR" in said else f"{said}\r\n\r\nOK"


def serve(door):
    seen = b""
    while data := door.recv(1024):
        *lines, seen = (seen + data).split(b"\r")
        for line in filter(None, (line.strip().decode(errors="replace") for line in lines)):
            door.sendall(f"\r\n{answer(line)}\r\n".encode())


door = socket.socket(socket.AF_UNIX)
door.bind("\0abstract:labmodem")
door.listen(5)
while True:
    threading.Thread(target=serve, args=(door.accept()[0],), daemon=True).start()
