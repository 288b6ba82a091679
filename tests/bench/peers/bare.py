"""Playwright without any care: each reminder by its address, clicks, one fill, the status read."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from bots.browser.session import launch
from tests.bench.peers import loop

if TYPE_CHECKING:
    from playwright.sync_api import Page

Remove = Callable[["Page", str, str], None]


def sign_in(page: Page, url: str, ui: str) -> Remove:
    """Sign in with the right to remove; return what removes one reminder, given page, address and id."""
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(url)
    if ui == "2023.10":
        page.fill("input[name=anvandarnamn]", "robot")
        page.fill("input[name=losenord]", "flotta-mock")
        page.click("text=Logga in >> nth=-1")
        page.get_by_label("Handläggare LSS").check()
        page.click("button:has-text('Fortsätt')")
        return _remove_2023
    page.fill("input[name=user]", "robot")
    page.fill("input[name=password]", "flotta-mock")
    page.click("[data-testid=login-submit]")
    page.click("button:has-text('Handläggare LSS')")
    page.wait_for_url("**/oversikt")
    return _remove_2024


def _remove_2023(page: Page, url: str, each: str) -> None:
    page.goto(f"{url}/paminnelser/{each}")
    page.click("button:has-text('Ta bort')")
    page.fill("textarea[name=orsak]", "Inaktuell påminnelse.")
    page.click("button:has-text('Bekräfta borttagning')")
    _check(page, each)


def _remove_2024(page: Page, url: str, each: str) -> None:
    page.goto(f"{url}/bevakning/paminnelser/{each}")
    page.click("[aria-label='Fler åtgärder']")
    page.click("[data-testid=delete-open]")
    page.fill("textarea[name=orsak]", "Inaktuell påminnelse.")
    page.click("[data-testid=delete-confirm]")
    _check(page, each)


def _check(page: Page, each: str) -> None:
    if "togs bort" not in page.inner_text("[role=status]"):
        raise RuntimeError(each)


def main() -> None:
    """Do the job."""
    job = loop.job()
    with sync_playwright() as playwright:
        browser = launch(playwright, job.browser, as_root=os.geteuid() == 0, environment=os.environ)
        page = browser.new_page(locale="sv-SE")
        remove = sign_in(page, job.url, job.ui)
        loop.at("begun")
        for each in job.ids:
            remove(page, job.url, each)
        loop.at("ended")
        browser.close()


if __name__ == "__main__":
    main()
