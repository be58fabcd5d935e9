#!/usr/bin/env python3
"""internet.py DIR: a small Internet for the tests of discovery, in a network namespace of its own (unshare -rmn).

Name server (127.0.0.1:53, also for the system's resolver), web servers (127.0.0.10), mail servers (127.0.0.20: all four;
.21: STARTTLS only; .22: no encryption at all; .23: POP only; .24: certificate of somebody else), and .40, which takes
calls and says nothing. DIR/world.json says who is where and what the web servers give; it is read for each question.
DIR/log gets all that anybody asks or says.
"""
import gzip
import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

DIR = sys.argv[1]
TYPES = {1: "a", 15: "mx", 33: "srv"}
LOCK = threading.Lock()


def world():
    with open(f"{DIR}/world.json", encoding="utf-8") as file:
        return json.load(file)


def note(*words):
    with LOCK, open(f"{DIR}/log", "a", encoding="utf-8") as file:
        print(*words, file=file)


def wire(name):
    labels = [label for label in name.rstrip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"


def reply(question):
    """One answer of the name server (RFC 1035 section 4)."""
    labels, at = [], 12
    while question[at]:
        labels.append(question[at + 1 : at + 1 + question[at]].decode())
        at += 1 + question[at]
    name = ".".join(labels).lower()
    kind = struct.unpack("!H", question[at + 1 : at + 3])[0]
    all_names = world()
    word = TYPES.get(kind, str(kind))
    note("dns", word, name)
    if name in all_names.get("silent", []):
        return None
    known = any(name in all_names.get(table, {}) for table in TYPES.values())
    records = all_names.get(word, {}).get(name, [])
    answers = []
    for record in records:
        if word == "a":
            data = socket.inet_aton(record)
        elif word == "mx":
            data = struct.pack("!H", record[0]) + wire(record[1])
        else:
            data = struct.pack("!HHH", *record[:3]) + wire(record[3])
        answers.append(b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data)
    flags = 0x8580 | (0 if known else 3)
    head = question[:2] + struct.pack("!HHHHH", flags, 1, len(answers), 0, 0)
    return head + question[12 : at + 5] + b"".join(answers)


def name_server():
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 53))
    while True:
        question, who = udp.recvfrom(4096)
        answer = reply(question)
        if answer:
            udp.sendto(answer, who)


def contexts():
    """One for each kind of certificate; the web server chooses by the name that is asked for."""
    made = {}
    for kind in ("good", "evil", "expired"):
        made[kind] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made[kind].load_cert_chain(f"{DIR}/{kind}.pem")

    def choose(sock, name, _context):
        sock.context = made[world().get("certificates", {}).get(name, "good")]

    for context in made.values():
        context.sni_callback = choose
    return made


def listen(address, port, serve):
    server = socket.create_server((address, port))

    def accept():
        while True:
            connection, _ = server.accept()
            threading.Thread(target=guarded, args=(serve, connection), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def guarded(serve, connection):
    try:
        with connection:
            serve(connection)
    except (OSError, ValueError, KeyError):
        pass


def web(connection, scheme, context=None):
    if context:
        connection = context.wrap_socket(connection, server_side=True)
    lines = connection.makefile("rb")
    target = lines.readline().decode().split(" ")[1]
    host = ""
    while True:
        line = lines.readline().decode("latin-1").strip()
        if not line:
            break
        if line.lower().startswith("host:"):
            host = line.split(":", 1)[1].strip()
    note(scheme, host, target)
    found = world().get("web", {}).get(f"{scheme}://{host}{target.split('?')[0]}")
    if found is None:
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        return
    if found.get("hangs"):
        time.sleep(600)
    body = found.get("body", "").encode()
    if found.get("times"):
        body = body * found["times"]
    head = [f"HTTP/1.1 {found.get('status', 200)} X", "Connection: close"]
    if found.get("gzip"):
        body = gzip.compress(body)
        head.append("Content-Encoding: gzip")
    if "to" in found:
        head.append(f"Location: {found['to']}")
    if not found.get("endless"):
        head.append(f"Content-Length: {len(body)}")
    connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)
    while found.get("endless"):
        connection.sendall(body)


def mail(connection, protocol, context, sealed, offers_tls=True):
    """IMAP or submission, as far as somebody gets who does not sign in."""
    if sealed:
        connection = context.wrap_socket(connection, server_side=True)
    lines = connection.makefile("rb")

    def say(text):
        connection.sendall(text.encode() + b"\r\n")

    say("* OK IMAP ready" if protocol == "imap" else "220 mail ESMTP")
    while True:
        line = lines.readline().decode("latin-1").strip()
        if not line:
            return
        note(protocol, "tls" if sealed else "plain", line)
        tag, _, rest = line.partition(" ")
        verb = (rest if protocol == "imap" else line).split(" ")[0].upper()
        start = offers_tls and not sealed
        if verb == "STARTTLS" and start:
            say(f"{tag} OK go" if protocol == "imap" else "220 go")
            connection = context.wrap_socket(connection, server_side=True)
            lines, sealed = connection.makefile("rb"), True
        elif protocol == "imap" and verb == "CAPABILITY":
            say("* CAPABILITY IMAP4rev1 " + ("STARTTLS LOGINDISABLED" if start else "AUTH=PLAIN SASL-IR"))
            say(f"{tag} OK done")
        elif protocol == "imap":
            say(f"{tag} OK done")
        elif verb == "EHLO":
            say("250-mail\r\n250 " + ("STARTTLS" if start else "AUTH PLAIN"))
        elif verb == "AUTH":
            say("235 welcome")
        else:
            say("250 ok")


def main():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with open(f"{DIR}/resolv.conf", "w", encoding="ascii") as file:
        file.write("nameserver 127.0.0.1\noptions timeout:2 attempts:1\n")
    subprocess.run(["mount", "--bind", f"{DIR}/resolv.conf", "/etc/resolv.conf"], check=True)
    made = contexts()
    good = made["good"]
    # Without the choice by name.
    evil = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    evil.load_cert_chain(f"{DIR}/evil.pem")
    threading.Thread(target=name_server, daemon=True).start()
    listen("127.0.0.10", 443, lambda c: web(c, "https", good))
    listen("127.0.0.10", 80, lambda c: web(c, "http"))
    for address, context, ports in (
        ("127.0.0.20", good, (993, 143, 465, 587)),
        ("127.0.0.21", good, (143, 587)),
        ("127.0.0.24", evil, (993, 143, 465, 587)),
    ):
        for port in ports:
            kind, sealed = ("imap" if port in (993, 143) else "smtp"), port in (993, 465)
            listen(address, port, lambda c, k=kind, s=sealed, x=context: mail(c, k, x, s))
    listen("127.0.0.22", 143, lambda c: mail(c, "imap", good, False, False))
    listen("127.0.0.22", 587, lambda c: mail(c, "smtp", good, False, False))
    listen("127.0.0.23", 995, lambda c: good.wrap_socket(c, server_side=True).sendall(b"+OK POP3\r\n"))
    for port in (443, 993, 143, 465, 587):
        listen("127.0.0.40", port, lambda c: time.sleep(600))
    with open(f"{DIR}/ready", "w", encoding="ascii") as file:
        file.write(str(os.getpid()))
    threading.Event().wait()


main()
