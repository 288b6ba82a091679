"""What waits for a person, by the command line, and what the next run makes of the answer."""

import re
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from bots.contract import Act
from orchestrator.ledger import review
from orchestrator.ledger.store import PlannedItem
from orchestrator.ledger.tables import items
from tests.builders import NOW, an_act, an_item
from tests.e2e.conftest import Serving
from tests.e2e.house import BOT, TODAY, House, assert_sound

IVO = "ivo-reporting"


def test_an_answered_question_is_not_asked_again_until_something_changes(house: House, serving: Serving) -> None:
    """A handläggare who has answered once is left in peace."""
    lifecare = serving(rows=20)
    assert house.carry(house.a_run(lifecare)) == 0
    open_questions = house.flotta("review", "list", "--json").json()
    question = open_questions[0]

    shown = house.flotta("review", "show", question["id"])
    approved = house.flotta("review", "approve", question["id"], "--note", "Tas över av KAEK.")
    assert house.carry(house.a_run(lifecare)) == 0

    assert question["reference"] in shown.out
    assert "frågar inte igen" in approved.out
    left = house.flotta("review", "list", "--json").json()
    assert {each["reference"] for each in open_questions} - {each["reference"] for each in left} == {
        question["reference"]
    }
    (line,) = [
        each for each in house.flotta("show", "--json").json()["items"] if each["reference"] == question["reference"]
    ]
    assert line["state"] == "left"
    assert "Tas över av KAEK." in line["reason"]
    assert house.flotta("audit", "verify").code == 0


def test_a_stopped_plan_is_carried_out_by_the_commands_that_it_names(house: House, serving: Serving) -> None:
    """Each sentence names the next one whole, so that it can be typed as it stands."""
    lifecare = serving()
    before = lifecare.state()
    address = f"lifecare={lifecare.url}"
    stopped = house.flotta("run", BOT, "--yes", "--base-url", address, "--today", str(TODAY))
    assert stopped.code == 3, stopped.said
    show, approve = _commands(stopped.said)

    shown, approved = house.flotta(*show), house.flotta(*approve)
    (resume,) = _commands(approved.said)
    resumed = house.flotta(*resume)

    assert "regelversion" in stopped.said
    assert "VARFÖR" in approve
    assert [shown.code, approved.code, resumed.code] == [0, 0, 0], (shown.said, approved.said, resumed.said)
    assert_sound(house, resume[-1], lifecare, before)


def _commands(said: str) -> list[list[str]]:
    """Return the commands that are named, but for `flotta show`, in order."""
    found = [each.split() for each in re.findall("`flotta ([^`]+)`", said)]
    return [each for each in found if each[0] != "show"]


def test_a_plan_whose_mock_is_gone_is_not_approved(house: House) -> None:
    """Nothing could carry it out, so what would be approved is nothing that anybody sees again."""
    run_id = house.plan(an_item(), state="waiting", mock=True, base_urls={"lifecare": "http://127.0.0.1:1"})
    (plan,) = _plans(house)

    refused = house.flotta("review", "approve", plan["id"], "--note", "Ser rätt ut.")

    assert (refused.code, f"`flotta run {BOT} --mock`" in refused.said) == (2, True), refused.said
    assert house.run(run_id).approved_by is None
    assert house.flotta("review", "reject", plan["id"], "--note", "Var ett prov.").code == 0


def test_a_stopped_plan_is_approved_in_part_and_the_rest_is_left_alone(house: House, serving: Serving) -> None:
    """The guard stops it; a person takes out what is doubtful; the rest is done, each read again first."""
    lifecare = serving(rows=24)
    before = lifecare.state()
    house.configure(f"[bots.{BOT}]\nmax_actions = 2\n")
    stopped = house.flotta_run(lifecare)
    assert stopped.code == 3, stopped.said
    (plan,) = _plans(house)
    changes = house.flotta("review", "show", plan["id"], "--json").json()["changes"]
    out = changes[0]["reference"]

    approved = house.flotta("review", "approve", plan["id"], "--except", out, "--note", "Den första är tveksam.")
    resumed = house.flotta("resume")

    assert approved.code == 0, approved.said
    assert resumed.code == 0, resumed.said
    assert "Inte godkända" in resumed.out
    assert_sound(house, plan["run"], lifecare, before, but=frozenset({out}))
    assert _plans(house) == []


def test_an_answer_that_cannot_be_meant_is_refused(house: House, serving: Serving) -> None:
    """Each with what is wrong and what there is."""
    assert house.carry(house.a_run(serving(rows=20), plan_only=True)) == 0
    question = house.flotta("review", "list", "--json").json()[0]["id"]

    for arguments, said in (
        (["approve", "finns-inte", "--note", "x"], "ingen öppen fråga"),
        (["approve", question, "--note", " "], "--note"),
        (["approve", question, "--note", "x", "--only", "P-1"], "gäller bara planer"),
    ):
        refused = house.flotta("review", *arguments)
        assert refused.code == 2, refused.said
        assert said in refused.said
        assert "Traceback" not in refused.said


def test_texts_are_changed_in_the_newest_plan_of_an_item_and_its_run_is_named(house: House) -> None:
    """Who reads the answer knows which plan to approve."""
    old, new = house.plan(_worded(), bot=IVO), house.plan(_worded(), bot=IVO, at=NOW + timedelta(days=1))

    edited = house.flotta("review", "edit", "B-1", "--text", "konsekvenser=Bor kvar.")

    assert edited.code == 0, edited.said
    assert new in edited.out
    assert (_texts(house, old), _texts(house, new)) == ("Inga.", "Bor kvar.")


def test_a_plan_that_a_newer_run_has_overtaken_is_not_changed(house: House) -> None:
    """Words that nobody will write look like words that were written."""
    old = house.plan(_worded(), bot=IVO)
    new = house.plan(_worded(), bot=IVO, state="done", at=NOW + timedelta(days=1))
    undone = house.flotta("review", "edit", "B-1", "--text", "konsekvenser=Bor kvar.")
    with closing(house.ledger()) as ledger, ledger.changing() as connection:
        connection.execute(sa.update(items).where(items.c.run == new).values(state="done"))

    done = house.flotta("review", "edit", "B-1", "--text", "konsekvenser=Bor kvar.")
    unknown = house.flotta("review", "edit", "B-2", "--text", "konsekvenser=Bor kvar.")

    assert (undone.code, done.code, unknown.code) == (2, 2, 2)
    assert f"B-1 hör till körning {new}, vars plan inte väntar på godkännande (klar)" in undone.err
    assert f"B-1 är utförd i körning {new}; det finns inget att ändra." in done.err
    assert "Det finns ingen post B-2." in unknown.err
    assert _texts(house, old) == "Inga."


def test_show_and_runs_say_which_quarter_a_plan_is_about(house: House) -> None:
    """It is looked at again days after it was asked for."""
    house.plan(_worded(), bot=IVO, own={"period": "2026Q1"})

    shown, told, listed = house.flotta("show"), house.flotta("show", "--json"), house.flotta("runs", "--json")

    assert shown.out.count(f"dag {TODAY}, period 2026Q1") == 2
    for each in (told.json(), *listed.json()):
        assert (each["today"], each["own"]) == (str(TODAY), {"period": "2026Q1"})


def _worded() -> PlannedItem:
    """Return an item with a text that a person may word otherwise."""
    (step,) = an_act().steps
    act: Act = replace(an_act(), steps=(replace(step, args={"konsekvenser": "Inga."}),))
    return an_item("B-1", act)


def _texts(house: House, run: str) -> str:
    with closing(house.ledger()) as ledger:
        return review.wordings(ledger, run, "B-1", ["konsekvenser"])["konsekvenser"]


def _plans(house: House) -> list[dict[str, str]]:
    return [each for each in house.flotta("review", "list", "--json").json() if each["kind"] == "plan"]
