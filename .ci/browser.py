"""Start once the browser that Flotta would drive; exit with 1, its own reason and the remedy when it does not start."""

import os
import sys

from bots.browser.session import running
from bots.errors import BrowserUnusable

try:
    with running(os.environ.get("FLOTTA_BROWSER"), as_root=os.geteuid() == 0, environment=os.environ):
        pass
except BrowserUnusable as error:
    sys.exit(f"{error.reason}\nInstall one that starts: {error.line}")
