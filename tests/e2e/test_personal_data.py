"""Nobody's name or personnummer lies in the clear in what the house keeps, however its runs ended."""

import signal
from pathlib import Path

import pytest

from tests.e2e.conftest import Serving
from tests.e2e.house import BOT, House, ended
from tests.e2e.scan import Leak, leaks, packed_examples, people_of

SECRETS = ("Märta Åkesson", "199003152385")


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("how", packed_examples(SECRETS[0]))
def test_the_scan_finds_what_is_planted(how: str, secret: str, tmp_path: Path) -> None:
    """A scan that cannot fail proves nothing."""
    (tmp_path / "kept").write_bytes(packed_examples(secret)[how])

    assert secret in {leak.said for leak in leaks([tmp_path], SECRETS)}


def test_the_scan_reads_the_names_of_files(tmp_path: Path) -> None:
    """A screenshot may be called after the person that it shows."""
    (tmp_path / "Märta Åkesson.png").write_bytes(b"")

    assert leaks([tmp_path], SECRETS) == [Leak("Märta Åkesson", "the name of Märta Åkesson.png")]


def test_a_whole_run_keeps_nobody_in_the_clear(ui: str, house: House, serving: Serving) -> None:
    """The ledger has a copy of each reminder that was removed: sealed."""
    lifecare = serving(ui=ui, rows=12)
    people = people_of(lifecare.state())

    assert ended(house.start_run(lifecare)).code == 0
    assert house.flotta("show", "--all").code == 0

    assert_clean(house, people)


def test_pictures_and_traces_keep_nobody_in_the_clear(house: House, serving: Serving) -> None:
    """A trace is all that was on the screens, and a picture is of a page about somebody: both lie sealed."""
    house.configure(f"[bots.{BOT}]\nmax_share = 1.0\nscreenshots = true\n")
    lifecare = serving()
    people = people_of(lifecare.state())
    run_id = house.a_run(lifecare, plan_only=True, limit=1)
    assert house.flotta("resume", run_id).code == 0
    # A notice lies over the first pages of the removal, which is tried again, and again.
    lifecare.faults({"kind": "modal", "count": 5})

    assert house.flotta("resume", run_id, "--yes").code == 0

    trail = house.flotta("audit", "show", "--json").json()
    assert {entry["facts"]["kind"] for entry in trail if entry["what"] == "evidence.kept"} == {"screenshot", "trace"}
    assert_clean(house, people)


def test_what_is_revealed_is_on_the_screen_and_in_the_trail(house: House, serving: Serving, tmp_path: Path) -> None:
    """Who looks at somebody's data is known afterwards, and what they asked for is theirs alone."""
    lifecare = serving(rows=20)
    state = lifecare.state()
    numbers = {each["id"]: each["personnummer"] for each in state["persons"]}
    person = {each["id"]: numbers[each["person"]] for each in state["paminnelser"]}
    house.configure(f"[bots.{BOT}]\nmax_share = 1.0\nscreenshots = true\n")
    run_id = house.a_run(lifecare)
    assert house.carry(run_id) == 0
    reminder = lifecare.removed()[0]

    closed = house.flotta("show", reminder)
    revealed = house.flotta("show", reminder, "--reveal", "--note", "Klagomål 17", "--out", str(tmp_path / "out"))
    nobody = house.flotta("show", "P-0", "--reveal", "--note", "Klagomål 17")

    assert closed.code == revealed.code == 0, revealed.said
    assert person[reminder] not in closed.said
    assert person[reminder] in revealed.out
    (picture,) = (tmp_path / "out").iterdir()
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_mode & 0o077 == 0
    last = house.flotta("audit", "show", "--json").json()[-1]
    assert (last["what"], last["facts"]) == ("item.revealed", {"why": "Klagomål 17"})
    assert nobody.code == 2
    assert "ingen post P-0" in nobody.said


def test_lists_name_no_person(house: House, serving: Serving, tmp_path: Path) -> None:
    """They are mailed, printed, and lie on desks."""
    lifecare = serving(rows=12)
    people = people_of(lifecare.state())
    assert house.carry(house.a_run(lifecare)) == 0

    listed = house.flotta("lists", "-o", str(tmp_path / "out"))
    unknown = house.flotta("lists", "-o", str(tmp_path / "other"), "--handlaggare", "XXXX")

    assert listed.code == 0, listed.said
    files = sorted(each.name for each in (tmp_path / "out").iterdir())
    assert len(files) >= 4
    assert {Path(each).suffix for each in files} == {".html", ".ics"}
    assert "skyddade personuppgifter.ics" not in files
    assert leaks([tmp_path / "out"], people) == []
    assert set(lifecare.removed()) <= set(
        "".join(each.read_text() for each in (tmp_path / "out").glob("*.html")).replace("<", ">").split(">")
    )
    assert unknown.code == 2
    assert "XXXX har inget" in unknown.said


def test_what_is_over_its_time_is_purged_when_somebody_says_yes(house: House, serving: Serving) -> None:
    """Asked without a terminal, nobody has."""
    lifecare = serving()
    first = house.a_run(lifecare)
    assert house.carry(first) == 0
    assert house.carry(house.a_run(lifecare)) == 0
    house.configure('[retention]\nrecords = "P1D"\n')

    asked = house.flotta("purge")
    purged = house.flotta("purge", "--yes")
    again = house.flotta("purge")

    assert asked.code == 3, asked.said
    assert purged.code == 0, purged.said
    assert again.code == 0, again.said
    assert house.run(first).purged is not None
    assert house.flotta("audit", "verify").code == 0


def test_failed_runs_keep_nobody_in_the_clear(hasty: House, serving: Serving) -> None:
    """Playwright quotes the page in its messages, names and all, and an error is kept to be looked into."""
    lifecare = serving()
    people = people_of(lifecare.state())
    lifecare.faults({"kind": "error_before_commit", "probability": 1})
    failed = hasty.flotta("resume", hasty.a_run(lifecare, limit=1), FLOTTA_WRITE_DEADLINE="PT1S")
    assert failed.code == 1, failed.said
    # A map that has the wrong name for the control that removes: drift in the middle of a page about somebody.
    _mislead(hasty)
    drifted = hasty.flotta("resume", hasty.a_run(lifecare, instances={"lifecare": "another"}))
    assert drifted.code == 4, drifted.said

    assert_clean(hasty, people)
    assert_unsaid(failed.said + drifted.said, people)


def test_a_killed_run_keeps_nobody_in_the_clear(house: House, serving: Serving, *, soaking: bool) -> None:
    """What a browser leaves when nobody is there to close it is searched before anything tidies up."""
    lifecare = serving(rows=12)
    people = people_of(lifecare.state())
    run_id = house.a_run(lifecare)
    for point in ("armed", "clicked") if soaking else ("clicked",):
        assert house.armed(run_id, point, "kill").wait() == -signal.SIGKILL
        house.kill()

        assert_clean(house, people)


def test_what_a_killed_run_left_is_wiped_at_the_next_start(house: House, serving: Serving) -> None:
    """A profile that nobody uses is only something to find."""
    lifecare = serving()
    run_id = house.a_run(lifecare)
    assert house.armed(run_id, "before-intent", "kill").wait() == -signal.SIGKILL
    assert list((house.home / "tmp").iterdir())

    assert house.flotta("resume", run_id).code == 0

    assert not list((house.home / "tmp").iterdir())


def test_what_the_house_keeps_is_its_owners_alone(house: House, serving: Serving) -> None:
    """Sealed or not, it is nobody else's to read."""
    assert ended(house.start_run(serving(), "--plan-only")).code == 0

    assert house.home.stat().st_mode & 0o077 == 0
    assert Path(house.environment["FLOTTA_KEY_FILE"]).stat().st_mode & 0o077 == 0


def _mislead(house: House) -> None:
    """Let the maps have wrong names for what removes."""
    for file in (house.maps / "lifecare").glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        wrong = text.replace("name: Ta bort}", "name: Ta fram}").replace("test_id: delete-open", "test_id: not-there")
        assert wrong != text
        file.write_text(wrong, encoding="utf-8")


def assert_clean(house: House, people: list[str]) -> None:
    """Nobody is in the state directory, the temporary directory or where the command was given."""
    assert (house.home / "ledger.db").stat().st_size > 10_000, "there is nothing to search"
    assert leaks([house.root], people) == []


def assert_unsaid(said: str, people: list[str]) -> None:
    """Nobody was named on the screen."""
    assert [each for each in people if each in said] == []


def test_what_a_person_sees_names_nobody(house: House, serving: Serving) -> None:
    """A terminal is logged, photographed and looked at over shoulders."""
    lifecare = serving(rows=12)
    people = people_of(lifecare.state())

    planned = house.flotta_run(lifecare, "--plan-only")
    shown = house.flotta("show", "--all")
    as_json = house.flotta("show", "--json")

    assert planned.code == shown.code == as_json.code == 0
    assert_unsaid(planned.said + shown.said + as_json.said, people)
