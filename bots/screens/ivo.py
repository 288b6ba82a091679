"""IVO's e-tjänst for what was not carried out: find a case, fill a report in, send it. A person signs in.

What differs between its versions stands in `selectors/ivo/`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from bots.browser.inspection import Stop
from bots.browser.needs import PAGES, Uses, built
from bots.browser.screen import Screen
from bots.browser.session import Account, Session
from bots.contract import Receipt
from bots.errors import (
    NotAsApproved,
    NotOffered,
    PeriodClosed,
    ScreenNotReady,
    SelectorDrift,
    SignInNeeded,
)
from bots.quarter import Quarter
from bots.records.ivo import BEGINS, ENDS, OPEN, IvoCase, IvoRow, Kind

#: What the control page shows of a report before it is sent: all of it.
_CHECKED: Mapping[str, Any] = {
    "rapporttyp": Kind, "period": str, "referens": str, "personnummer": str, "område": str, "lagrum": str,
    "insatstyp": str, "beslutsdatum": date, "avbrottsdatum": date | None, "ej verkställd del": str | None,
    "verkställt": date | None, "avslutsdatum": date | None, "avslutsorsak": str | None, "orsak": str | None,
    "beskrivning": str | None, "erbjudande": date | None, "svar": str | None, "konsekvenser": str | None,
    "uppföljningar": str | None, "under tiden": str | None,
}  # fmt: skip
_PROBLEM: Mapping[str, Any] = {"problem": str | None}

#: What is used of each screen. A version may do without roles.
USES = {
    "sign_in": Uses(given=()),
    "role": Uses(optional=True),
    "cases": Uses(PAGES, {"cases": IvoRow}, {"open": "click"}, given=("sought", "page")),
    "case": Uses(IvoCase, elements={"resume": "click", "follow_up": "click"}),
    "report": Uses(
        _PROBLEM,
        elements={
            "rapporttyp": "select", "period": "select", "referens": "fill", "personnummer": "fill", "område": "select",
            "next": "click",
        },
        given=(),
    ),
    "decision": Uses(
        _PROBLEM,
        elements={
            "lagrum": "select", "insatstyp": "select", "beslutsdatum": "fill", "avbrottsdatum": "fill",
            "delvis": "select", "ej verkställd del": "fill", "verkställt sent": "select", "verkställt": "fill",
            "avslutsdatum": "fill", "avslutsorsak": "select", "next": "click",
        },
    ),
    "reason": Uses(
        _PROBLEM,
        elements={
            "orsak": "select", "beskrivning": "fill", "erbjudande lämnat": "select", "erbjudande": "fill",
            "svar": "select", "konsekvenser": "fill", "uppföljningar": "fill", "under tiden": "fill", "next": "click",
        },
    ),
    "check": Uses(_CHECKED, elements={"checked": "click", "send": "submit"}),
}  # fmt: skip


class Ivo:
    """One e-tjänst where a person has signed in."""

    def __init__(self, session: Session, account: Account) -> None:
        """Bind; `sign_in` lets the person in, and is what the session calls when they have been signed out."""
        self._session = session
        self._account = account
        self._found: IvoCase | None = None
        session.sign_in = self.sign_in

    def sign_in(self) -> None:
        """Let the person sign in, and choose the förvaltning that is the account's role."""
        self._identify()
        self._choose_office()

    def _identify(self) -> None:
        self._session.screen("sign_in").open_to(self._account)
        if not self._session.person_signs_in(self._account):
            raise SignInNeeded("ivo")
        self._session.arrive_first("role", "cases")

    def _choose_office(self) -> None:
        if self._session.take_role(self._account):
            self._session.screen("cases").arrive()

    def cases(self) -> list[IvoRow]:
        """Return every case of the list, over all its pages."""
        return self._rows("")

    def opened(self, row: IvoRow) -> IvoCase:
        """Open a listed case and return it with all its reports."""
        return self._session.again(lambda: self._open(row))

    def cases_of(self, referens: str) -> list[IvoCase]:
        """Return every case with this reference of ours, each with all its reports.

        The last of them is the one that is gone on with: a draft or an open one, else the one that was changed last.
        Its page is open after it, or the list.
        """
        found = self._session.again(lambda: self._look(referens))
        self._found = found[-1] if found else None
        return found

    def _look(self, referens: str) -> list[IvoCase]:
        # The search finds all references that ours is a part of.
        rows = [each for each in self._rows(referens) if each.referens == referens]
        last = next((each for each in rows if each.status in {"utkast", OPEN}), next(iter(rows), None))
        return [self._open(each) for each in [*(row for row in rows if row is not last), last] if each is not None]

    def _rows(self, sought: str) -> list[IvoRow]:
        rows = self._session.screen("cases").all_rows("cases", sought=sought)
        return [IvoRow(**row.values) for row in rows]

    def _open(self, row: IvoRow) -> IvoCase:
        listed = self._session.screen("cases")
        self._turn_to(listed, row)
        listed.click("open", row=(row.number or "", row.referens))
        page = self._session.screen("case")
        page.arrive()
        seen = page.about(page.read(), referens=row.referens)
        return built(IvoCase, seen)

    @staticmethod
    def _turn_to(listed: Screen, row: IvoRow) -> None:
        """Turn to the page of the list that has this case; the last one may be open, where all were read."""
        place, pages = 0, 1
        seen = listed.read() if listed.is_here() else None
        while seen is None or not any(
            (each.values["number"], each.values["referens"]) == (row.number, row.referens)
            for each in seen.tables["cases"]
        ):
            if place >= pages:
                raise ScreenNotReady("cases", "ärendet står inte kvar i listan")
            place += 1
            seen = listed.visit(sought=row.referens, page=str(place - 1 + int(listed.first_page)))
            pages = seen.fields["pages"] or 1

    def fill(self, report: Mapping[str, str], *, by_person: bool) -> None:
        """Fill a report in as far as the page where it is checked and sent. Right after `cases_of` its reference.

        `by_person`: somebody is at the screen who may send it as soon as they see that page, sooner than it is handed
        to them. So what goes wrong from there on may have been sent.
        A draft is taken up where it was left, and what is in it already is held against the report. Raises NotOffered
        for what the form has no choice for, PeriodClosed, WriteRefused when IVO does not take it, NotAsApproved when
        it shows something else.
        """
        with self._meanwhile():
            self._fill(report, by_person=by_person)

    @contextmanager
    def _meanwhile(self) -> Iterator[None]:
        """Take a page that is gone, when a person may have sent it meanwhile, for what it may be: sent."""
        try:
            yield
        except (ScreenNotReady, SelectorDrift) as error:
            if not self._session.spent or self._session.screen("check").is_here():
                raise
            check = self._session.screen("check")
            raise check.unanswered("send", "sidan lämnades medan den fylldes i") from error

    def _fill(self, report: Mapping[str, str], *, by_person: bool) -> None:
        page = self._session.screen("case")
        check = self._session.screen("check")
        if self._found is not None and any(each.kvittens is None for each in self._found.reports):
            self._session.spent = by_person
            page.click("resume")
            self._session.spent = by_person and check.is_here()
        elif report["rapporttyp"] in BEGINS:
            self._session.screen("report").open()
        else:
            page.click("follow_up")
        # A follow-up has its case's own.
        is_new = report["rapporttyp"] in BEGINS
        reason = self._session.screen("reason") if "orsak" in report else check
        decision = self._session.screen("decision")
        form = self._session.screen("report")
        if form.is_here():
            self._report(form, report, is_new=is_new)
            self._go_on(form, decision)
        if decision.is_here():
            self._decision(decision, report)
            self._session.spent = by_person and reason is check
            self._go_on(decision, reason)
        if reason.is_here() and reason is not check:
            self._reason(reason, report)
            self._session.spent = by_person
            self._go_on(reason, check)
        shown = {name: None if value is None else str(value) for name, value in check.read().fields.items()}
        # An interruption is asked for when it is new, and known after that.
        asked = {**report, "avbrottsdatum": report.get("avbrottsdatum") if shown["avbrottsdatum"] else None}
        if report["rapporttyp"] in ENDS:
            asked["period"] = shown["period"]
        if other := [name for name, value in shown.items() if value != asked.get(name)]:
            raise NotAsApproved(check.said, other)

    @staticmethod
    def _report(form: Screen, report: Mapping[str, str], *, is_new: bool) -> None:
        form.select("rapporttyp", report["rapporttyp"])
        try:
            form.select("period", report["period"])
        except NotOffered:
            if report["rapporttyp"] not in ENDS:
                raise PeriodClosed("IVO", report["period"]) from None
            # A new quarter has begun since the plan.
            form.select("period", str(Quarter.parse(report["period"]).after))
        if is_new:
            form.fill("referens", report["referens"])
            form.fill("personnummer", report["personnummer"])
        form.select("område", report["område"])

    @staticmethod
    def _decision(form: Screen, report: Mapping[str, str]) -> None:
        form.select("lagrum", report["lagrum"])
        form.select("insatstyp", report["insatstyp"])
        form.fill("beslutsdatum", report["beslutsdatum"])
        if "avbrottsdatum" in report and report["rapporttyp"] == "nytt avbrott":
            form.fill("avbrottsdatum", report["avbrottsdatum"])
        if "orsak" in report:
            form.select("delvis", "ja" if "ej verkställd del" in report else "nej")
        if "ej verkställd del" in report:
            form.fill("ej verkställd del", report["ej verkställd del"])
        if report["rapporttyp"] in BEGINS:
            form.select("verkställt sent", "ja" if "verkställt" in report else "nej")
        if "verkställt" in report:
            form.fill("verkställt", report["verkställt"])
        if "avslutsdatum" in report:
            form.fill("avslutsdatum", report["avslutsdatum"])
            form.select("avslutsorsak", report["avslutsorsak"])

    @staticmethod
    def _reason(form: Screen, report: Mapping[str, str]) -> None:
        form.select("orsak", report["orsak"])
        form.fill("beskrivning", report["beskrivning"])
        form.select("erbjudande lämnat", "ja" if "erbjudande" in report else "nej")
        if "erbjudande" in report:
            form.fill("erbjudande", report["erbjudande"])
            form.select("svar", report["svar"])
        form.fill("konsekvenser", report["konsekvenser"])
        form.fill("uppföljningar", report["uppföljningar"])
        form.fill("under tiden", report["under tiden"])

    @staticmethod
    def _go_on(form: Screen, after: Screen) -> None:
        form.click("next")
        try:
            after.arrive()
        except ScreenNotReady:
            # An error page may stand at the same address: only what says so is a refusal.
            if form.is_here() and form.read().fields["problem"]:
                raise form.refused("next") from None
            raise

    def send(self, report: Mapping[str, str]) -> Receipt:
        """Send the report whose control page is open. Only inside `Session.writing`, right after `fill`."""
        page = self._session.screen("check")
        page.click("checked")
        return self._receipt(report, page.submit("send", about=report["referens"]))

    def wait_until_sent(self, report: Mapping[str, str]) -> Receipt:
        """Let the person check and send the report whose control page is open. As `send`."""
        with self._meanwhile():
            return self._receipt(report, self._session.screen("check").hand_over("send", about=report["referens"]))

    @staticmethod
    def _receipt(report: Mapping[str, str], number: str) -> Receipt:
        return Receipt(number, {"referens": report["referens"], "rapport": report["rapporttyp"]})

    def tour(self, needed: Container[str] | None = None) -> Iterator[Stop]:
        """Yield the screens that there are, as these methods reach them, without writing."""
        del needed
        inside = "role" if "role" in self._session.map.screens else "sign_in"
        yield Stop("sign_in", self._session.screen("sign_in").open)
        yield Stop("role", self._identify, after="sign_in")
        yield Stop("cases", self._list, after="role")
        yield Stop("case", self._open_one, after="cases")
        yield Stop("report", self._session.screen("report").open, after=inside)

    def _list(self) -> None:
        """Choose the förvaltning, and open the first page of the list."""
        self._choose_office()
        listed = self._session.screen("cases")
        listed.open(sought="", page=listed.first_page)

    def _open_one(self) -> bool:
        """Open a case of the list that is open, an open one rather, which shows most; return whether there was any."""
        listed = self._session.screen("cases")
        cases = [IvoRow(**row.values) for row in listed.read().tables["cases"]]
        shown = next((each for each in cases if each.status == OPEN), next(iter(cases), None))
        if shown is not None:
            listed.click("open", row=(shown.number or "", shown.referens))
            self._session.screen("case").arrive()
        return shown is not None


SYSTEM = Ivo
