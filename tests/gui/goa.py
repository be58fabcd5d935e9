#!/usr/bin/python3
"""goa.py PROVIDER BROWSER: plays GNOME Online Accounts on the session bus, with one Google account.

Its token is a real one of the tests' provider: signed in for by the script that plays the person at the browser.
"""
import base64
import hashlib
import http.server
import json
import secrets
import subprocess
import sys
import threading
import urllib.parse
import urllib.request

from gi.repository import Gio, GLib

PROVIDER, BROWSER = sys.argv[1:3]
PATH = "/org/gnome/OnlineAccounts/Accounts/account_1"
MANAGER = """<node><interface name="org.freedesktop.DBus.ObjectManager"><method name="GetManagedObjects">
<arg type="a{oa{sa{sv}}}" direction="out"/></method></interface></node>"""
ACCOUNT = """<node><interface name="org.gnome.OnlineAccounts.Account"><method name="EnsureCredentials">
<arg type="i" direction="out"/></method></interface><interface name="org.gnome.OnlineAccounts.OAuth2Based">
<method name="GetAccessToken"><arg type="s" direction="out"/><arg type="i" direction="out"/></method></interface></node>"""


def token():
    """The code flow with PKCE, as a desktop does it."""
    answer = {}

    class Catch(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            answer.update(urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Catch)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    back = f"http://127.0.0.1:{server.server_port}/callback"
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    with urllib.request.urlopen(f"{PROVIDER}/.well-known/openid-configuration") as reply:
        known = json.load(reply)
    query = {"client_id": "postrider", "response_type": "code", "redirect_uri": back, "state": "x",
             "scope": "openid offline_access https://mail.example/imap", "prompt": "consent",
             "code_challenge": challenge, "code_challenge_method": "S256"}
    url = f"{known['authorization_endpoint']}?{urllib.parse.urlencode(query)}"
    subprocess.run([sys.executable, BROWSER, url], check=True)
    server.shutdown()
    form = {"grant_type": "authorization_code", "client_id": "postrider", "code": answer["code"][0],
            "redirect_uri": back, "code_verifier": verifier}
    with urllib.request.urlopen(known["token_endpoint"], urllib.parse.urlencode(form).encode()) as reply:
        return json.load(reply)["access_token"]


ACCESS = token()


def objects():
    own = {"ProviderType": GLib.Variant("s", "google"), "PresentationIdentity": GLib.Variant("s", "alice@gmail.com"),
           "MailDisabled": GLib.Variant("b", False)}
    mail = {"EmailAddress": GLib.Variant("s", "alice@gmail.com")}
    inner = {"org.gnome.OnlineAccounts.Account": own, "org.gnome.OnlineAccounts.Mail": mail,
             "org.gnome.OnlineAccounts.OAuth2Based": {}}
    other = {"org.gnome.OnlineAccounts.Account": {"ProviderType": GLib.Variant("s", "owncloud")}}
    return {PATH: inner, "/org/gnome/OnlineAccounts/Accounts/account_2": other}


def called(_bus, _sender, _path, _interface, method, _arguments, call):
    if method == "GetManagedObjects":
        call.return_value(GLib.Variant("(a{oa{sa{sv}}})", (objects(),)))
    elif method == "EnsureCredentials":
        call.return_value(GLib.Variant("(i)", (3600,)))
    else:
        call.return_value(GLib.Variant("(si)", (ACCESS, 3600)))


def acquired(bus, _name):
    for path, text in (("/org/gnome/OnlineAccounts", MANAGER), (PATH, ACCOUNT)):
        for interface in Gio.DBusNodeInfo.new_for_xml(text).interfaces:
            bus.register_object(path, interface, called, None, None)


Gio.bus_own_name(Gio.BusType.SESSION, "org.gnome.OnlineAccounts", Gio.BusNameOwnerFlags.NONE, acquired,
                 lambda *_: print("up", flush=True), None)
GLib.MainLoop().run()
