"""The tenant that the tests call, a visitor of its pages, and what they record."""

import html
import http.cookiejar
import json
import os
import pathlib
import re
import ssl
import subprocess
import threading
import urllib.parse
import urllib.request
from importlib.metadata import version

ROOT = pathlib.Path(__file__).resolve().parents[3]
BINARY = os.environ.get("FAUX0_BIN", str(ROOT / "build/faux0"))
APP = "http://localhost:7777"  # nothing listens there: a login ends when the browser would go there
CALLBACK = APP + "/callback"
ORDERS = "https://orders.acme.test"


class Tenant:
    """The binary on a free port, whose CA requests and urllib are told of."""

    def __init__(self, tls):
        env = {**os.environ, "APP_HTTP": APP, "APP_HTTPS": "https://localhost:7778"}
        command = [BINARY, "serve", "--addr", "127.0.0.1:0", "--tls", tls, "--fixtures", str(ROOT / "testkit/acceptance/tenant.yaml")]
        self.process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        said = ""
        for line in self.process.stderr:
            said += line
            if found := re.search(r"https://localhost:(\d+)", line):
                break
        else:
            raise RuntimeError("the tenant ended:\n" + said)
        threading.Thread(target=self.process.stderr.read, daemon=True).start()  # or it stops when the pipe is full
        self.domain = f"localhost:{found[1]}"
        self.issuer = f"https://{self.domain}/"
        self.ca = f"{tls}/ca.pem"
        os.environ["REQUESTS_CA_BUNDLE"] = os.environ["SSL_CERT_FILE"] = self.ca

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def control(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.issuer}_faux0/{path}", data, {"Content-Type": "application/json"})
        text = urllib.request.urlopen(request, context=ssl.create_default_context(cafile=self.ca)).read()
        return json.loads(text) if text else None

    def code_sent(self, to):
        return self.control("outbox?" + urllib.parse.urlencode({"to": to, "wait": "2m"}))[-1]["code"]

    def log_in(self, url, username="ada@acme.test", password="Correct-Horse-9"):
        """Walks through the login page as a browser without JavaScript, and gives the address it ends at."""
        leaves = Leaves()
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        https = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=self.ca))
        browser = urllib.request.build_opener(cookies, https, leaves)
        page = browser.open(url)
        state = html.unescape(re.search(r'name="state" value="([^"]*)"', page.read().decode())[1])
        form = {"state": state, "username": username, "password": password, "action": "default"}
        browser.open(page.url, urllib.parse.urlencode(form).encode())
        return leaves.target


class Leaves(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but those to the application, which it keeps."""

    target = None

    def redirect_request(self, request, fp, code, message, headers, url):
        if url.startswith(APP):
            self.target = url
            return urllib.request.Request("data:,")
        return super().redirect_request(request, fp, code, message, headers, url)


class Records:
    """What README's table of clients is made of."""

    def __init__(self):
        self.entries = []

    def walk(self, package, flow, test):
        entry = {"sdk": package, "version": version(package), "flow": flow, "test": test, "result": "failed"}
        self.entries.append(entry)
        return entry

    def write(self):
        folder = ROOT / "build/compat/clients"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "python.json").write_text(json.dumps(self.entries, indent=1))
