"""Nobody's name or personnummer lies in the clear in what the house keeps, however its runs ended."""

import signal
from pathlib import Path

import pytest

from tests.e2e.conftest import Serving
from tests.e2e.house import ROOT, House, ended
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
    lifecare = serving(ui=ui, rows=24)
    people = people_of(lifecare.state())

    assert ended(house.start_run(lifecare)).code == 0
    assert house.flotta("show", "--all").code == 0

    assert_clean(house, people)


def test_failed_runs_keep_nobody_in_the_clear(hasty: House, serving: Serving) -> None:
    """Playwright quotes the page in its messages, names and all, and an error is kept to be looked into."""
    lifecare = serving()
    people = people_of(lifecare.state())
    lifecare.faults({"kind": "error_before_commit", "probability": 1})
    failed = hasty.flotta("resume", hasty.a_run(lifecare, limit=1), FLOTTA_WRITE_DEADLINE="PT1S")
    assert failed.code == 1, failed.said
    # A map that has the wrong name for the control that removes: drift in the middle of a page about somebody.
    hasty.environment["FLOTTA_MAPS"] = str(_wrong_maps(hasty))
    drifted = hasty.flotta("resume", hasty.a_run(lifecare, instances={"lifecare": "another"}))
    assert drifted.code == 4, drifted.said

    assert_clean(hasty, people)
    assert_unsaid(failed.said + drifted.said, people)


@pytest.mark.parametrize("point", ["armed", "clicked"])
def test_a_killed_run_keeps_nobody_in_the_clear(point: str, house: House, serving: Serving) -> None:
    """What a browser leaves when nobody is there to close it is searched before anything tidies up."""
    lifecare = serving(rows=24)
    people = people_of(lifecare.state())
    assert house.armed(house.a_run(lifecare), point, "kill", nth=2).wait() == -signal.SIGKILL
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


def _wrong_maps(house: House) -> Path:
    maps = house.root / "maps" / "lifecare"
    maps.mkdir(parents=True)
    for file in (ROOT / "selectors" / "lifecare").glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        wrong = text.replace("name: Ta bort}", "name: Ta fram}").replace("test_id: delete-open", "test_id: not-there")
        assert wrong != text
        (maps / file.name).write_text(wrong, encoding="utf-8")
    return maps.parent


def assert_clean(house: House, people: list[str]) -> None:
    """Nobody is in the state directory, the temporary directory or where the command was given."""
    assert (house.home / "ledger.db").stat().st_size > 10_000, "there is nothing to search"
    assert leaks([house.root], people) == []


def assert_unsaid(said: str, people: list[str]) -> None:
    """Nobody was named on the screen."""
    assert [each for each in people if each in said] == []


def test_what_a_person_sees_names_nobody(house: House, serving: Serving) -> None:
    """A terminal is logged, photographed and looked at over shoulders."""
    lifecare = serving(rows=24)
    people = people_of(lifecare.state())

    planned = ended(house.start_run(lifecare, "--plan-only"))
    shown = house.flotta("show", "--all")
    as_json = house.flotta("show", "--json")

    assert planned.code == shown.code == as_json.code == 0
    assert_unsaid(planned.said + shown.said + as_json.said, people)
