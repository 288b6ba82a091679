"""The fault engine: what is asked for is what goes wrong, as often as asked, in the same places every time."""

from pathlib import Path

import pytest

from fixtures.mockui.faults import Fault, Faults, InvalidFaults, Kind, Moment, load, parse


def test_a_count_strikes_the_first_requests_and_then_never_again() -> None:
    """A trial with one lost answer must not lose a second one."""
    faults = Faults(parse([{"kind": "error_after_commit", "count": 2}]))

    struck = [faults.strike(Kind.ERROR_AFTER_COMMIT, Moment.WRITE) is not None for _ in range(4)]

    assert struck == [True, True, False, False]


def test_a_probability_strikes_the_same_requests_for_the_same_seed() -> None:
    """A failed trial can be run again."""
    one, two, other = (
        Faults(parse([{"kind": "latency", "probability": 0.5, "seed": seed, "seconds": 1}])) for seed in (7, 7, 8)
    )

    runs = [[each.strike(Kind.LATENCY, Moment.READ) is not None for _ in range(50)] for each in (one, two, other)]

    assert runs[0] == runs[1]
    assert runs[0] != runs[2]
    assert 10 < sum(runs[0]) < 40


def test_one_fault_does_not_disturb_the_chance_of_another() -> None:
    """Adding a fault to a trial leaves the others where they were."""
    errors = {"kind": "error_before_commit", "probability": 0.5, "seed": 3}
    alone = Faults(parse([errors]))
    together = Faults(parse([{"kind": "latency", "probability": 0.5, "seed": 3, "seconds": 0}, errors]))

    def run(faults: Faults) -> list[bool]:
        struck = []
        for _ in range(30):
            faults.strike(Kind.LATENCY, Moment.WRITE)
            struck.append(faults.strike(Kind.ERROR_BEFORE_COMMIT, Moment.WRITE) is not None)
        return struck

    assert run(alone) == run(together)


def test_a_fault_on_writes_leaves_reads_alone() -> None:
    """`on: write` is how a trial slows the removal only; a read doesn't use up its count."""
    faults = Faults(parse([{"kind": "latency", "count": 1, "seconds": 2, "on": "write"}]))

    assert faults.strike(Kind.LATENCY, Moment.READ) is None
    struck = faults.strike(Kind.LATENCY, Moment.WRITE)
    assert struck is not None
    assert struck.seconds == 2


def test_a_fault_of_one_kind_of_write_leaves_the_others_alone() -> None:
    """`of: send` is how a trial loses the answer of a report and of no draft before it."""
    faults = Faults(parse([{"kind": "error_after_commit", "count": 1, "of": "send"}]))

    struck = [
        faults.strike(Kind.ERROR_AFTER_COMMIT, Moment.WRITE, of) is not None for of in ("draft", None, "send", "send")
    ]

    assert struck == [False, False, True, False]


def test_rearming_starts_the_same_trial_again() -> None:
    """A reset brings back the counts with the state."""
    faults = Faults(parse([{"kind": "stale_row", "count": 1}]))
    faults.strike(Kind.STALE_ROW, Moment.READ)

    faults.rearm()

    assert faults.strike(Kind.STALE_ROW, Moment.READ) is not None


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ({"kind": "latency"}, "faults: expected a list of faults."),
        (["latency"], "faults[0]: expected a mapping with a kind and a count or a probability."),
        ([{"kind": "fire", "count": 1}], "faults[0].kind: expected one of latency, "),
        ([{"kind": "stale_row"}], "faults[0]: give either a count or a probability."),
        ([{"kind": "stale_row", "count": 1, "probability": 0.5}], "faults[0]: give either a count or a probability."),
        ([{"kind": "stale_row", "count": -1}], "faults[0].count: expected 0 or more."),
        ([{"kind": "stale_row", "count": True}], "faults[0].count: expected a whole number, not True."),
        ([{"kind": "stale_row", "probability": 2}], "faults[0].probability: expected a number from 0 to 1."),
        ([{"kind": "commit_late", "count": 1}], "faults[0].seconds: commit_late needs a number of seconds, 0 or more."),
        ([{"kind": "error_before_commit", "count": 1, "on": "read"}], "faults[0].on: error_before_commit can only be"),
        ([{"kind": "error_after_commit", "count": 1, "of": "sent"}], "faults[0].of: expected one of remove, draft, "),
        ([{"kind": "session_expiry", "count": 1, "of": "send"}], "faults[0].of: send is a write, and the fault is on"),
        ([{"kind": "stale_row", "count": 1, "of": "send"}], "faults[0].of: send is a write, and the fault is on read."),
        ([{"kind": "stale_row", "count": 1}, {"kind": "stale_row", "often": 1}], "faults[1].often: unknown key; known"),
    ],
)
def test_a_malformed_list_is_refused_in_a_sentence_that_names_the_place(raw: object, sentence: str) -> None:
    """A trial with a misspelt fault would pass without testing anything."""
    with pytest.raises(InvalidFaults) as refused:
        parse(raw)

    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("faults.yaml", "- {kind: commit_late, count: 1, seconds: 0.5}\n"),
        ("faults.json", '[{"kind": "commit_late", "count": 1, "seconds": 0.5}]'),
    ],
)
def test_faults_are_read_from_yaml_and_json(tmp_path: Path, name: str, text: str) -> None:
    """People write YAML, programs write JSON; both mean the same."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")

    assert load(path) == (Fault(Kind.COMMIT_LATE, count=1, seconds=0.5, on=Moment.WRITE),)


@pytest.mark.parametrize(
    "text",
    ["- {kind: latency", "- {kind: latency, count: 1, count: 2}", "- 2026-13-45"],
    ids=["unfinished", "a key given twice", "a date that no calendar has"],
)
def test_a_file_that_is_not_yaml_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    """The person who wrote it must learn which file to mend."""
    path = tmp_path / "faults.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(InvalidFaults, match=r"faults\.yaml: not readable as YAML"):
        load(path)


def test_what_a_fault_shows_is_what_it_is_read_from() -> None:
    """The control endpoint's answer can be sent back to it."""
    latency = {"kind": "latency", "probability": 0.25, "seed": 4, "seconds": 1.5, "on": "read"}
    specs = parse([latency, {**latency, "on": "write", "of": "remove"}])

    assert parse([each.as_json() for each in specs]) == specs
