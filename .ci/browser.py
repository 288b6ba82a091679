"""Say which browser Flotta would drive, having started it once; exit with 1 when there is none that starts."""

import os
import sys

from playwright.sync_api import Error, sync_playwright

from bots.browser.session import find_browser, launch
from bots.errors import BrowserMissing

with sync_playwright() as playwright:
    try:
        path = find_browser(playwright, os.environ.get("FLOTTA_BROWSER"))
        launch(playwright, path, as_root=os.geteuid() == 0, environment=os.environ).close()
    except (BrowserMissing, Error):
        sys.exit(1)
    sys.stderr.write(f"Browser: {path}\n")
