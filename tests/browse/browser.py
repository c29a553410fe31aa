"""Chromium for the tests: widths, colour schemes, pictures, and axe-core on whatever page is open."""

from __future__ import annotations

import os
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--hide-scrollbars", "--lang=en",
)  # fmt: skip
WIDTHS = (1280, 360)
SCHEMES = ("light", "dark")
#: Seconds that a page may take, and the daemon for what a page asked of it.
PATIENCE_S = 30
#: axe-core's words for what keeps somebody from using a page.
GRAVE = ("serious", "critical")


class Browser:
    """A page in Chromium."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def look(self, *, width: int, scheme: str) -> None:
        """Be so wide, and ask for this colour scheme."""
        metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def open(self, address: str) -> None:
        """Open an address."""
        self.driver.get(address)

    def run(self, script: str) -> Any:
        """The answer of a piece of JavaScript."""
        return self.driver.execute_script(script)

    def text(self) -> str:
        """What a reader sees of the page's content."""
        return str(self.run("return (document.querySelector('main') || document.body).innerText"))

    def click(self, selector: str) -> None:
        """Click on the first element of this kind, and wait for the page that it leads to."""
        from selenium.webdriver.support.expected_conditions import staleness_of
        from selenium.webdriver.support.wait import WebDriverWait

        before = self.driver.find_element("css selector", "html")
        self.driver.find_element("css selector", selector).click()
        wait = WebDriverWait(self.driver, PATIENCE_S)
        wait.until(staleness_of(before))
        wait.until(lambda driver: driver.execute_script("return document.readyState") == "complete")

    def type(self, selector: str, words: str) -> None:
        """Type into a field."""
        self.driver.find_element("css selector", selector).send_keys(words)

    def faults(self) -> list[str]:
        """What axe-core finds grave on this page."""
        axe = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
        self.run(axe)
        found = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1]; axe.run({resultTypes: ['violations']}).then(done)"
        )
        return [
            f"{each['impact']} {each['id']}: {node['html'][:160]} ({node['failureSummary'][:300]})"
            for each in found["violations"]
            if each["impact"] in GRAVE
            for node in each["nodes"][:4]
        ]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the screen."""
        return int(self.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def complaints(self) -> list[str]:
        """What the browser itself complained of since it was last asked: blocked scripts and styles, missing files."""
        return [str(line["message"]) for line in self.driver.get_log("browser") if line["level"] == "SEVERE"]

    def picture(self, file: Path, *, max_height: int = 1000) -> None:
        """Keep what the page looks like, from its top."""
        width, height = self.run("return [window.innerWidth, document.documentElement.scrollHeight]")
        clip = {"x": 0, "y": 0, "width": width, "height": min(height, max_height), "scale": 1}
        options = {"captureBeyondViewport": True, "clip": clip}
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", options)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b64decode(shot["data"]))


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """Debian's Chromium with a fresh profile in this folder."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = os.environ.get("SAMEWIRE_CHROMIUM", "/usr/bin/chromium")
    for flag in (*FLAGS, f"--user-data-dir={folder}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = Service(os.environ.get("SAMEWIRE_CHROMEDRIVER", "/usr/bin/chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    driver.set_page_load_timeout(60)
    driver.set_script_timeout(60)
    try:
        yield Browser(driver)
    finally:
        driver.quit()
