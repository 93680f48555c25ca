"""A headless Chromium on a pipe: looks at pages as a reader does. Tests that use it are skipped where there is none."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PHONE, DESKTOP = (375, 812), (1280, 900)

CONTRAST = """(() => {
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const over = (top, under) => { const a = top.length > 3 ? top[3] : 1;
    return [0, 1, 2].map(i => a * top[i] + (1 - a) * under[i]); };
  const light = ([r, g, b]) => { const f = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const ground = element => { const stack = [];
    for (let one = element; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor); stack.push(colour);
      if (colour.length === 3 || colour[3] === 1) break; }
    return stack.reverse().reduce((under, top) => over(top, under), [255, 255, 255]); };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, element = node.parentElement;
    if (!node.textContent.trim() || element.closest('script, style') || !element.checkVisibility()) continue;
    const style = getComputedStyle(element), svg = element.namespaceURI.endsWith('svg');
    const colour = parse(svg ? style.fill : style.color), under = ground(element);
    const [a, b] = [light(over(colour, under)), light(under)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const text = node.textContent.trim().slice(0, 40);
    if (ratio < (large ? 3 : 4.5)) found.push([ratio.toFixed(2), element.tagName, text]);
  }
  return found; })()"""
"""Text whose contrast with what lies behind it is below that of WCAG 2.2, success criterion 1.4.3."""


def find_browser():
    """Return the browser's path; None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


RULES = (
    "document.querySelectorAll('h1').length == 1",
    "[...document.images].every(one => one.complete && one.naturalWidth > 0 && one.alt)",
    "[...document.querySelectorAll('table')].every(one => one.caption && one.querySelector('thead th'))",
    "[...document.querySelectorAll('tbody tr')].every(row => row.querySelector('th[scope=row]'))",
    "(all => new Set(all.map(one => one.id)).size == all.length)([...document.querySelectorAll('[id]')])",
    "[...document.links].every(one => document.getElementById(one.hash.slice(1)))",
)
"""What is true of every page: one title, pictures with words, tables with headers, links that lead somewhere."""


class Browser:
    """One page in a browser of its own, by the DevTools protocol over a pipe."""

    def __init__(self, path):
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        read_commands, self._write = os.pipe()
        self._read, write_answers = os.pipe()
        options = "--headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --disable-dev-shm-usage"
        pipe = f"--remote-debugging-pipe about:blank 3<&{read_commands} 4>&{write_answers}"
        command = f"exec {path} {options} --user-data-dir={self._folder.name} {pipe}"
        self._process = subprocess.Popen(
            ["bash", "-c", command],
            pass_fds=(read_commands, write_answers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read_commands)
        os.close(write_answers)
        self._last, self._rest, self.requests = 0, b"", []
        targets = self._call("Target.getTargets")["targetInfos"]
        target = next(one["targetId"] for one in targets if one["type"] == "page")
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime"):
            self._call(f"{domain}.enable")

    def open(self, path, size, *, scheme="light"):
        """Show a file at a size in CSS pixels; `requests` then has every address that was asked for."""
        width, height = size
        self._call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._call("Emulation.setEmulatedMedia", features=features)
        self.requests.clear()
        self._call("Page.navigate", url=Path(path).as_uri())
        while self.run("document.readyState") != "complete":
            pass

    def run(self, script):
        """Return the value of an expression in the page."""
        answer = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key):
        """Press a key."""
        code = {"Tab": 9, "Enter": 13}[key]
        text = {"text": "\r"} if key == "Enter" else {}
        self._call("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=code, **text)
        self._call("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)

    def picture(self, path=None, *, whole=True):
        """Return a PNG of the page, and write it where a path is given."""
        shot = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=whole, **self._clip(whole))
        content = base64.b64decode(shot["data"])
        if path is not None:
            Path(path).write_bytes(content)
        return content

    def pdf(self):
        """Return the page as it prints."""
        return base64.b64decode(self._call("Page.printToPDF", printBackground=True)["data"])

    def accessibility(self):
        """Return what a screen reader is told: role and name of each element."""
        nodes = self._call("Accessibility.getFullAXTree")["nodes"]
        shown = [node for node in nodes if not node["ignored"]]
        return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in shown]

    def close(self):
        """End the browser."""
        self._process.terminate()
        self._process.wait()
        os.close(self._write)
        os.close(self._read)
        self._folder.cleanup()

    def _clip(self, whole):
        if not whole:
            return {}
        size = self._call("Page.getLayoutMetrics")["cssContentSize"]
        return {"clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}

    def _call(self, method, **parameters):
        self._last += 1
        number = self._last
        message = {"id": number, "method": method, "params": parameters}
        if hasattr(self, "_session"):
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("method") == "Network.requestWillBeSent":
                self.requests.append(answer["params"]["request"]["url"])
            if answer.get("id") == number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]

    def _receive(self):
        while b"\0" not in self._rest:
            part = os.read(self._read, 1 << 20)
            assert part, "the browser has ended"
            self._rest += part
        message, self._rest = self._rest.split(b"\0", 1)
        return json.loads(message)


def start_browser():
    """Return a browser; skip the test where there is none."""
    path = find_browser()
    if path is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    return Browser(path)


def check_page(browser, path, *, folder=None, name="page"):
    """Look at a page at two widths, light and dark: it fits, asks for nothing, can be read, and has what it names."""
    for width, size in (("phone", PHONE), ("desktop", DESKTOP)):
        for scheme in ("light", "dark"):
            browser.open(path, size, scheme=scheme)
            where = f"{width}, {scheme}"
            asked = [url for url in browser.requests if not url.startswith("data:")]
            assert asked == [Path(path).as_uri()], where
            overflow = browser.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert overflow <= 0, f"{where}: {overflow} pixels too wide"
            assert browser.run(CONTRAST) == [], where
            if folder is not None:
                browser.picture(folder / f"{name}-{width}-{scheme}.png")
    for rule in RULES:
        assert browser.run(rule), rule
