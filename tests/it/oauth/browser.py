#!/usr/bin/env python3
"""browser.py URL: plays the person in front of the browser, as $BROWSER of the tests.

TEST_USER (default alice) signs in and allows; TEST_DENY=1 says no; TEST_PROBE=1 knocks at the loopback address with a
guessed state first, and once more with the right answer at the end; TEST_PEEK=FILE writes down what everybody can see of
the program that opened the browser.
"""
import http.cookiejar
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

url = sys.argv[1]
user = os.environ.get("TEST_USER", "alice")
redirect = urllib.parse.parse_qs(urllib.parse.urlparse(url).query)["redirect_uri"][0]
person = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))


def knock(query):
    try:
        return urllib.request.urlopen(f"{redirect}?{query}", timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


if os.environ.get("TEST_PEEK"):
    with open(os.environ["TEST_PEEK"], "ab") as peek, open(f"/proc/{os.getppid()}/cmdline", "rb") as words:
        peek.write(words.read() + b"\n")
if os.environ.get("TEST_PROBE"):
    with open(os.environ["TEST_PROBE"], "a", encoding="ascii") as log:
        print("guessed", knock("code=stolen&state=guess"), file=log)
page = person.open(url)
for _ in range(4):
    text = page.read().decode("utf-8", "replace")
    if "<form" not in text:
        break
    if os.environ.get("TEST_DENY"):
        data = {"deny": "1"}
    elif "password" in text:
        data = {"login": user, "password": f"secret-{user}"}
    else:
        data = {"ok": "1"}
    page = person.open(page.geturl(), urllib.parse.urlencode(data).encode())
if os.environ.get("TEST_PROBE"):
    with open(os.environ["TEST_PROBE"], "a", encoding="ascii") as log:
        print("replayed", knock(urllib.parse.urlparse(page.geturl()).query), file=log)
