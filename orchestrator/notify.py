"""Messages to mailboxes, Teams channels and webhooks. Apprise is behind it, and only here.

An address often holds a password or a token. Of no address more than its kind leaves this module, and nothing of what
Apprise says: its logs and errors quote addresses.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from apprise import Apprise, AppriseAsset
from pydantic import SecretStr

from bots.errors import ConfigurationError

#: How long all targets together may take. Seconds.
SEND_WITHIN = 30

logging.getLogger("apprise").disabled = True
# What Apprise posts with: it quotes the path, which is where webhooks have their secret.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Whether one target took a message. `kind` is all that may be said of its address: `mailtos`."""

    kind: str
    taken: bool


class Targets:
    """Everybody who is to be told."""

    def __init__(self, addresses: Sequence[SecretStr]) -> None:
        """`addresses` are Apprise's. Raises ConfigurationError for one that it cannot read."""
        self._addresses = addresses
        # No pictures: each would be fetched from a stranger's server by whoever reads the message.
        self._asset = AppriseAsset(app_id="Flotta", storage_mode="memory", image_url_mask="")
        with warnings.catch_warnings():
            # Now it loads its plugins, one of which uses what Python is about to drop.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._services()

    @property
    def kinds(self) -> list[str]:
        """Return the kind of each."""
        return [_kind(each) for each in self._addresses]

    def send(self, subject: str, body: str) -> list[Delivery]:
        """Send it to every target, and return which took it, in the order of the addresses."""
        results = self._services().notify(body=body, title=subject, body_format="text", timeout=SEND_WITHIN)
        taken = {tag for each in results if each for tag in each.tag}
        return [Delivery(kind, str(place) in taken) for place, kind in enumerate(self.kinds)]

    def _services(self) -> Apprise:
        """Return them anew: one that has just been used would sleep before it is used again."""
        services = Apprise(asset=self._asset)
        for place, address in enumerate(self._addresses):
            service = Apprise.instantiate(address.get_secret_value(), asset=self._asset, tag=str(place))
            if service is None:
                raise ConfigurationError(
                    f"[alerts] to: adress {place + 1} ({_kind(address)}) går inte att använda. Rätta den i "
                    "secrets.toml eller FLOTTA_ALERTS__TO; formen för varje slag står på appriseit.com."
                )
            services.add(service)
        return services


def _kind(address: SecretStr) -> str:
    # Without a scheme its first word may be the secret itself.
    named = re.match(r"([a-z][a-z0-9]*)://", address.get_secret_value())
    return named[1] if named else "okänt slag"
