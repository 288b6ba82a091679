"""What waits for a person, by the command line, and what the next run makes of the answer."""

from tests.e2e.conftest import Carry, Serving
from tests.e2e.house import BOT, House, assert_sound, ended


def test_an_answered_question_is_not_asked_again_until_something_changes(
    house: House, serving: Serving, carry: Carry
) -> None:
    """A handläggare who has answered once is left in peace."""
    lifecare = serving(rows=20)
    assert carry(house.run(house.a_run(lifecare))) == 0
    open_questions = house.flotta("review", "list", "--json").json()
    question = open_questions[0]

    shown = house.flotta("review", "show", question["id"])
    approved = house.flotta("review", "approve", question["id"], "--note", "Tas över av KAEK.")
    assert carry(house.run(house.a_run(lifecare))) == 0

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


def test_a_stopped_plan_is_approved_in_part_and_the_rest_is_left_alone(house: House, serving: Serving) -> None:
    """The guard stops it; a person takes out what is doubtful; the rest is done, each read again first."""
    lifecare = serving(rows=24)
    before = lifecare.state()
    house.configure(f"[bots.{BOT}]\nmax_actions = 2\n")
    stopped = ended(house.start_run(lifecare))
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


def test_an_answer_that_cannot_be_meant_is_refused(house: House, serving: Serving, carry: Carry) -> None:
    """Each with what is wrong and what there is."""
    assert carry(house.run(house.a_run(serving(rows=20), plan_only=True))) == 0
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


def _plans(house: House) -> list[dict[str, str]]:
    return [each for each in house.flotta("review", "list", "--json").json() if each["kind"] == "plan"]
