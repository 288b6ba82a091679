"""IVO's e-tjänst for what was not carried out: find a case, fill a report in, send it. A person signs in.

What differs between its versions stands in `selectors/ivo/`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bots.browser.screen import Screen
from bots.browser.session import Account, Session
from bots.contract import Receipt
from bots.errors import ScreenNotReady, SelectorDrift, SignInNeeded, WriteRefused, WriteUnanswered
from bots.records.ivo import IvoCase, SentReport

#: Kinds of report that begin a case; all others are made on one that there is.
_NEW = frozenset({"nytt ej verkställt", "nytt avbrott"})


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
        self._session.screen("sign_in").open()
        if not self._session.person_signs_in(self._account):
            raise SignInNeeded("ivo")
        self._session.screen("role").arrive()

    def _choose_office(self) -> None:
        self._session.take_role(self._account)
        self._session.screen("cases").arrive()

    def cases(self) -> list[IvoCase]:
        """Return every case of the list, over all its pages, each with its last report; drafts have none."""
        rows = [row.values for row in self._session.screen("cases").all_rows("cases", sought="")]
        return [IvoCase(each["referens"], each["number"], each["status"], _last(each)) for each in rows]

    def case(self, referens: str) -> IvoCase | None:
        """Return the case with this reference of ours, with all its reports; None when IVO has none.

        Of several it is one that is a draft or open, else the one that was changed last. The case's page is open after
        it, or the list.
        """
        self._found = self._session.again(lambda: self._look(referens))
        return self._found

    def _look(self, referens: str) -> IvoCase | None:
        listed = self._session.screen("cases")
        listed.open(sought=referens, page="1")
        rows = [row.values for row in listed.read().tables["cases"] if row.values["referens"] == referens]
        if not rows:
            return None
        row = next((each for each in rows if each["status"] in {"utkast", "ej verkställt"}), rows[0])
        listed.click("open", row=row["number"] or "")
        page = self._session.screen("case")
        page.arrive()
        seen = page.read()
        reports = tuple(SentReport(**each.values) for each in seen.tables["reports"])
        return IvoCase(referens, seen.fields["number"], seen.fields["status"], reports)

    def fill(self, report: Mapping[str, str], *, by_person: bool) -> None:
        """Fill a report in as far as the page where it is checked and sent. Right after `case` of its reference.

        `by_person`: somebody is at the screen who may send it as soon as they see that page, sooner than it is handed
        to them. So what goes wrong from there on may have been sent.
        A draft is taken up where it was left, and what is in it already is held against the report. Raises NotOffered
        for what the form has no choice for, WriteRefused when IVO does not take it, or has something else.
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
            raise WriteUnanswered("check", "send", "sidan lämnades medan den fylldes i") from error

    def _fill(self, report: Mapping[str, str], *, by_person: bool) -> None:
        page = self._session.screen("case")
        check = self._session.screen("check")
        if self._found is not None and any(each.kvittens is None for each in self._found.reports):
            self._session.spent = by_person
            page.click("resume")
            self._session.spent = by_person and check.is_here()
        elif report["rapporttyp"] in _NEW:
            self._session.screen("report").open()
        else:
            page.click("follow_up")
        # A follow-up has its case's own.
        is_new = report["rapporttyp"] in _NEW
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
        if any(value != asked.get(name) for name, value in shown.items()):
            raise WriteRefused("check", "send")

    @staticmethod
    def _report(form: Screen, report: Mapping[str, str], *, is_new: bool) -> None:
        form.select("rapporttyp", report["rapporttyp"])
        form.select("period", report["period"])
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
        if report["rapporttyp"] in _NEW:
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
                raise WriteRefused(form.name, "next") from None
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

    def tour(self, needed: Container[str] | None = None) -> Iterator[str]:
        """Walk through the screens that there are, without writing, yielding the name of each on arrival."""
        del needed
        self._session.screen("sign_in").open()
        yield "sign_in"
        self._identify()
        yield "role"
        self._choose_office()
        yield "cases"
        cases = self._session.screen("cases").read().tables["cases"]
        if cases:
            self._session.screen("cases").click("open", row=cases[0].values["number"] or "")
            self._session.screen("case").arrive()
            yield "case"
        self._session.screen("report").open()
        yield "report"


def _last(row: Mapping[str, Any]) -> tuple[SentReport, ...]:
    """Return a listed case's last report, which stands for its receipt by the case's number; a draft has none."""
    return (SentReport(row["period"], row["kind"], row["number"]),) if row["number"] else ()


SYSTEM = Ivo
