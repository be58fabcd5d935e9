#!/usr/bin/python3
"""notices.py FILE: plays the desktop's notification service on the session bus.

Each notice is appended to FILE as a line of JSON: `show` with its texts, `close` with its number. `click N` on
standard input clicks on notice N, as a person does.
"""
import json
import sys

from gi.repository import Gio, GLib

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
INTERFACE = """<node><interface name="org.freedesktop.Notifications">
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
<arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
<signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
</interface></node>"""
last = 0
bus = None


def note(**what):
    with open(sys.argv[1], "a", encoding="utf-8") as out:
        out.write(json.dumps(what) + "\n")


def tell(signal, arguments):
    bus.emit_signal(None, PATH, NAME, signal, arguments)


def called(_bus, _sender, _path, _interface, method, arguments, call):
    global last
    if method == "GetCapabilities":
        call.return_value(GLib.Variant("(as)", (["actions", "body", "body-markup"],)))
    elif method == "Notify":
        program, replaces, _icon, title, text, actions, hints, _limit = arguments.unpack()
        last = last + 1 if replaces == 0 else last
        number = replaces or last
        note(kind="show", id=number, program=program, title=title, text=text, actions=actions,
             category=hints.get("category"))
        call.return_value(GLib.Variant("(u)", (number,)))
    else:
        number = arguments.unpack()[0]
        note(kind="close", id=number)
        call.return_value(None)
        tell("NotificationClosed", GLib.Variant("(uu)", (number, 3)))


def acquired(connection, _name):
    global bus
    bus = connection
    for interface in Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces:
        bus.register_object(PATH, interface, called, None, None)


def typed(channel, _condition):
    line = channel.readline()
    if line.startswith("click "):
        tell("ActionInvoked", GLib.Variant("(us)", (int(line.split()[1]), "default")))
    return bool(line)


Gio.bus_own_name(Gio.BusType.SESSION, NAME, Gio.BusNameOwnerFlags.NONE, acquired,
                 lambda *_: print("up", flush=True), None)
GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN, typed)
GLib.MainLoop().run()
