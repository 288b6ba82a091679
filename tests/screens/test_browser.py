"""How the browser is started: ours goes beyond Playwright's switches, and takes none of them away."""

import psutil
import pytest

FEATURES = "--disable-features="


@pytest.mark.usefixtures("browser")
def test_every_feature_that_playwright_switches_off_stays_off() -> None:
    """The browser heeds one list alone, so ours repeats Playwright's: a new Playwright may have a longer one."""
    theirs, ours = _feature_lists()

    assert theirs - ours == set()
    assert ours - theirs == {"RenderDocument", "Translate"}


def _feature_lists() -> list[set[str]]:
    """Return what each list of the browser's command line switches off: Playwright's, then ours."""
    for each in psutil.Process().children(recursive=True):
        lists = [word.removeprefix(FEATURES) for word in each.cmdline() if word.startswith(FEATURES)]
        if "--remote-debugging-pipe" in each.cmdline() and len(lists) > 1:
            return [set(words.split(",")) for words in lists]
    raise AssertionError("no browser with two lists of features")
