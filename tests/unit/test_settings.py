"""Settings: which source outweighs which, and one clear sentence for each that is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from bots.errors import ConfigurationError
from orchestrator.settings import Settings, load

SECRET = "hemligt-lösenord"  # noqa: S105 - invented


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Return what writes `flotta.toml`. The developer's own settings are out of sight."""
    for name in list(os.environ):
        if name.upper().startswith("FLOTTA_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FLOTTA_KEY_FILE", str(tmp_path / "keys" / "key"))

    def written(text: str) -> Path:
        file = tmp_path / "flotta.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return written


@pytest.fixture
def secrets(write: object, tmp_path: Path) -> Callable[[str, int], Path]:
    """Return what writes `secrets.toml` beside the key, with rights."""
    del write

    def written(text: str, rights: int) -> Path:
        file = tmp_path / "keys" / "secrets.toml"
        file.parent.mkdir()
        file.write_text(text, encoding="utf-8")
        file.chmod(rights)
        return file

    return written


def refusal() -> str:
    with pytest.raises(ConfigurationError) as refused:
        load()
    assert refused.value.exit_code == 2
    return refused.value.sentence


Write = Callable[[str], Path]


@pytest.mark.usefixtures("write")
def test_without_a_file_there_are_defaults() -> None:
    """The issue's own limits."""
    settings = load()

    assert (settings.bot("reminder-cleanup").max_actions, settings.bot("reminder-cleanup").max_share) == (200, 0.40)
    assert settings.write_deadline == timedelta(seconds=10)
    assert settings.system("lifecare").base_url is None


def test_the_file_in_the_working_directory_is_read(write: Write) -> None:
    """Without being named."""
    write("[bots.reminder-cleanup]\nmax_actions = 7\n[systems.lifecare]\nbase_url = 'https://lifecare.test'\n")

    settings = load()

    assert settings.bot("reminder-cleanup").max_actions == 7
    assert settings.bot("reminder-cleanup").max_share == 0.40
    assert settings.bot("another").max_actions == 200
    assert settings.system("lifecare").base_url == "https://lifecare.test"


def test_a_file_may_be_named(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And stays named for the processes that are started next."""
    write("write_deadline = 1")
    other = tmp_path / "other.toml"
    other.write_text("write_deadline = 2", encoding="utf-8")
    monkeypatch.setenv("FLOTTA_CONFIG", str(other))

    assert load().write_deadline == timedelta(seconds=2)
    assert os.environ["FLOTTA_CONFIG"] == str(other)


def test_the_environment_outweighs_the_file(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """One value, and the others of its table stay."""
    write("[systems.lifecare]\nuser = 'fil'\nrole = 'fil'\n")
    monkeypatch.setenv("FLOTTA_SYSTEMS__LIFECARE__USER", "miljö")

    settings = load()

    assert (settings.system("lifecare").user, settings.system("lifecare").role) == ("miljö", "fil")


def test_secrets_are_read_from_beside_the_key(
    write: Write, secrets: Callable[[str, int], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Into the same table, over the file and under the environment."""
    write("[systems.lifecare]\nuser = 'robot'\npassword = 'fel'\n")
    secrets(f"[systems.lifecare]\npassword = '{SECRET}'\nrole = 'lss'\n", 0o600)
    monkeypatch.setenv("FLOTTA_SYSTEMS__LIFECARE__ROLE", "miljö")

    lifecare = load().system("lifecare")

    assert (lifecare.user, lifecare.password.get_secret_value(), lifecare.role) == ("robot", SECRET, "miljö")


@pytest.mark.parametrize("rights", [0o644, 0o640, 0o604, 0o660])
def test_secrets_that_others_may_read_are_refused(secrets: Callable[[str, int], Path], rights: int) -> None:
    """With the command that mends it."""
    file = secrets("", rights)

    assert refusal() == f"{file} får läsas av andra. Kör `chmod 600 {file}`."


def test_a_password_is_shown_to_nobody(secrets: Callable[[str, int], Path]) -> None:
    """Neither printed nor logged by mistake."""
    secrets(f"[systems.lifecare]\npassword = '{SECRET}'\n", 0o600)

    assert SECRET not in f"{load()!r} {load()}"


SCHEDULES = """
[schedules.natt]
bot = "reminder-cleanup"
cron = "15 4 * * 1-5"
[schedules.vardag]
bot = "reminder-cleanup"
days = "working"
at = 04:15:00
grace = "PT30M"
catch_up = "PT6H"
[schedules.kvartal]
bot = "ivo-reporting"
windows = ["04-01/04-30", "07-01/08-31", "10-01/10-31", "01-01/01-31"]
at = "05:00"
catch_up = "never"
[schedules.flytt]
bot = "bab-migration"
once = 2026-12-01T04:15:00
"""


def test_a_schedule_says_when_in_one_of_four_ways(write: Write) -> None:
    """A time may be TOML's own, or text."""
    write(SCHEDULES)

    schedules = load().schedules

    assert schedules["natt"].cron == "15 4 * * 1-5"
    assert (schedules["vardag"].days, schedules["vardag"].at) == ("working", time(4, 15))
    assert schedules["kvartal"].windows[1:3] == (((7, 1), (8, 31)), ((10, 1), (10, 31)))
    assert schedules["kvartal"].at == time(5)
    assert schedules["flytt"].once == datetime(2026, 12, 1, 4, 15)  # noqa: DTZ001 - wall-clock time


def test_the_windows_of_an_authority_have_its_name(write: Write) -> None:
    """IVO's four: a quarter is reported in the month after it, the second in two."""
    windows = SCHEDULES.partition('windows = ["04-01/04-30", "07-01/08-31", "10-01/10-31", "01-01/01-31"]')[1]
    write(SCHEDULES.replace(windows, 'windows = "ivo"'))

    assert sorted(load().schedules["kvartal"].windows) == [
        ((1, 1), (1, 31)), ((4, 1), (4, 30)), ((7, 1), (8, 31)), ((10, 1), (10, 31)),
    ]  # fmt: skip


def test_a_schedule_says_what_becomes_of_late_runs(write: Write) -> None:
    """Late after a quarter of an hour, and made up for once: unless it says otherwise."""
    write(SCHEDULES)

    schedules = load().schedules

    usual, own = schedules["natt"], schedules["vardag"]
    assert (usual.grace, usual.catch_up) == (timedelta(minutes=15), "once")
    assert (own.grace, own.catch_up) == (timedelta(minutes=30), timedelta(hours=6))
    assert schedules["kvartal"].catch_up == "never"


# What is wrong.


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ("", ": ange en av cron, days, windows och once, och bara en"),
        ("windows = []\nat = 04:15:00", ": ange en av cron, days, windows och once, och bara en"),
        ("cron = '15 4 * * *'\nonce = 2026-12-01T04:15:00", ": ange en av cron, days, windows och once, och bara en"),
        ("days = 'every'", ': ange också ett klockslag, som at = "04:15"'),
        ("windows = 'skolverket'\nat = '05:00'", '.windows: skriv ivo, eller en lista som ["04-01/04-30"]'),
        ("windows = ['04-01/04-30']", ': ange också ett klockslag, som at = "04:15"'),
        ("cron = '15 4 * * *'\nat = 00:00:00", ": ta bort at, som bara hör till days och windows"),
        ("once = 2026-12-01T04:15:00\nat = 04:15:00", ": ta bort at, som bara hör till days och windows"),
        ("days = 'every'\nat = 415", '.at: skriv svensk tid utan tidszon, som "04:15"'),
        ("days = 'every'\nat = '25:00'", '.at: skriv svensk tid utan tidszon, som "04:15"'),
        ("days = 'every'\nat = '04:15+01:00'", '.at: skriv svensk tid utan tidszon, som "04:15"'),
        ("once = 2026-12-01", ".once: skriv svensk tid utan tidszon, som 2026-12-01T04:15:00"),
        ("once = 2026-12-01T04:15:00Z", ".once: skriv svensk tid utan tidszon, som 2026-12-01T04:15:00"),
        ("catch_up = 'twice'", '.catch_up: skriv "once", "never" eller en längd som "PT6H"'),
        ("catch_up = '-PT6H'", '.catch_up: skriv "once", "never" eller en längd som "PT6H"'),
    ],
)
def test_a_schedule_that_is_not_clear_is_refused(write: Write, schedule: str, said: str) -> None:
    """With what to write instead: a run that never comes is noticed late."""
    write(f"[schedules.natt]\nbot = 'reminder-cleanup'\n{schedule}\n")

    assert refusal() == f"Fel i flotta.toml: schedules.natt{said}."


@pytest.mark.parametrize(
    "cron",
    [
        *("", "15", "15 4 * *", "15 4 * * * *", "@daily"),
        *("60 4 * * *", "0 24 * * *", "0 4 0 * *", "0 4 32 * *", "0 4 * 13 *", "0 4 * * 8"),
        *("-5 4 * * *", "5- 4 * * *", "9-8 4 * * *", "5, 4 * * *", "*/0 4 * * *", "*/ 4 * * *"),
        *("0 4 * maj *", "0 4 * jan5 *", "0 4 * * mån-fre", "0 4 * * fri-sun", "0 4 31 2 *"),
    ],
)
def test_a_crontab_that_means_nothing_is_refused(write: Write, cron: str) -> None:
    """Guessing would start runs at hours that nobody asked for, and 31 February never comes."""
    write(f"[schedules.natt]\nbot = 'reminder-cleanup'\ncron = '{cron}'\n")

    assert refusal() == (
        f'Fel i flotta.toml: schedules.natt.cron: "{cron}" är ingen återkommande tid; '
        'skriv fem fält, minut timme dag månad veckodag, som "15 4 * * mon-fri".'
    )


@pytest.mark.parametrize(
    "window", ["04-01", "04-01/04-31", "02-01/02-29", "13-01/13-02", "04-01/04-30/05-01", "april", "2026-04-01/04-30"]
)
def test_a_window_is_of_days_that_are_there_every_year(write: Write, window: str) -> None:
    """29 February would leave three years of four without a run."""
    write(f"[schedules.ivo]\nbot = 'ivo-reporting'\nat = '05:00'\nwindows = ['01-01/01-31', '{window}']\n")

    assert 'schedules.ivo.windows.1: skriv fönstret som "04-01/04-30", med dagar som finns varje år' in refusal()


def test_a_window_does_not_cross_a_years_end(write: Write) -> None:
    """It would be two windows."""
    write("[schedules.ivo]\nbot = 'ivo-reporting'\nat = '05:00'\nwindows = ['12-15/01-15']\n")

    assert "fönstret 12-15/01-15 stänger innan det öppnar; dela ett som går över årsskiftet i två" in refusal()


@pytest.mark.parametrize("other", ["04-30/05-31", "03-01/04-01", "04-10/04-11", "01-01/12-31"])
def test_windows_do_not_overlap(write: Write, other: str) -> None:
    """Nobody could say which of them a late run belongs to."""
    write(f"[schedules.ivo]\nbot = 'ivo-reporting'\nat = '05:00'\nwindows = ['04-01/04-30', '{other}']\n")

    assert "schedules.ivo: två fönster överlappar; låt det ena stänga innan det andra öppnar" in refusal()


def test_windows_may_follow_day_upon_day(write: Write) -> None:
    """And a window may be one day."""
    write("[schedules.ivo]\nbot = 'ivo-reporting'\nat = '05:00'\nwindows = ['04-02/04-30', '04-01/04-01']\n")

    assert len(load().schedules["ivo"].windows) == 2


def test_a_misspelt_setting_is_named_with_its_file(write: Write) -> None:
    """A limit that nobody reads is no limit."""
    file = write("[bots.reminder-cleanup]\nmax_action = 7\n")

    said = refusal()

    assert str(file.name) in said
    assert "bots.reminder-cleanup.max_action: okänd inställning" in said


@pytest.mark.parametrize("text", ["hom = '/x'", "[system.lifecare]\nuser = 'x'", "[systems.lifecare]\nusr = 'x'"])
def test_a_misspelt_table_is_refused(write: Write, text: str) -> None:
    """At every level."""
    write(text)

    assert "okänd inställning" in refusal()


@pytest.mark.parametrize(
    ("limit", "value"), [("max_actions", "-1"), ("max_share", "1.5"), ("max_share", "-0.1"), ("max_actions", "'tio'")]
)
def test_a_limit_that_makes_no_sense_is_refused(write: Write, limit: str, value: str) -> None:
    """By its name."""
    write(f"[bots.reminder-cleanup]\n{limit} = {value}\n")

    assert f"bots.reminder-cleanup.{limit}: " in refusal()


def test_a_wrong_value_in_the_environment_is_not_blamed_on_the_file(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks there finds nothing."""
    write("write_deadline = 5")
    monkeypatch.setenv("FLOTTA_WRITE_DEADLINE", "snart")

    said = refusal()

    assert "FLOTTA_WRITE_DEADLINE" in said
    assert "flotta.toml" not in said


@pytest.mark.usefixtures("write")
def test_a_variable_that_is_no_json_where_it_must_be_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole table by one variable."""
    monkeypatch.setenv("FLOTTA_BOTS", "{")

    assert "FLOTTA_" in refusal()


def test_what_is_no_toml_is_refused_with_its_place(write: Write) -> None:
    """Line and column."""
    write("[bots\nx = 1\n")

    said = refusal()

    assert "flotta.toml är inte giltig TOML" in said
    assert "line 1" in said


def test_bytes_that_are_no_text_are_refused(write: Write) -> None:
    """A file saved by an old editor."""
    write("").write_bytes("# övrigt".encode("latin-1"))

    assert "är inte giltig TOML" in refusal()


def test_a_file_that_cannot_be_read_is_refused(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named, and so expected to be there."""
    write("")
    monkeypatch.setenv("FLOTTA_CONFIG", str(tmp_path / "saknas.toml"))

    assert "saknas.toml kan inte läsas (FileNotFoundError)" in refusal()


def test_a_folder_in_the_files_place_is_refused(write: Write, tmp_path: Path) -> None:
    """It can't be read either, whoever asks."""
    write("").unlink()
    (tmp_path / "flotta.toml").mkdir()

    assert "kan inte läsas (IsADirectoryError)" in refusal()


def test_a_faulty_secret_is_refused_without_being_quoted(secrets: Callable[[str, int], Path]) -> None:
    """The sentence ends up in a log."""
    secrets(f"[systems.lifecare]\npassword = ['{SECRET}']\nuser = {{ x = '{SECRET}' }}\n", 0o600)

    said = refusal()

    assert "secrets.toml" in said
    assert SECRET not in said


def test_the_maps_that_come_with_the_house_are_used_unless_others_are_named() -> None:
    """Nobody has to say where they are."""
    assert (Settings.model_fields["maps"].default / "lifecare" / "2023.10.yaml").is_file()


@pytest.mark.usefixtures("write")
def test_without_a_database_the_ledger_is_a_file_in_the_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One machine needs no server."""
    monkeypatch.setenv("FLOTTA_HOME", str(tmp_path))

    assert (load().ledger_url, load().place) == (f"sqlite:///{tmp_path}/ledger.db", str(tmp_path))


@pytest.mark.usefixtures("write")
def test_a_database_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """The place stands in sentences that anybody reads."""
    monkeypatch.setenv("FLOTTA_DATABASE", f"postgresql://flotta:{SECRET}@db.example.se:5432/flotta?sslmode=require")

    settings = load()

    assert settings.place == "db.example.se:5432/flotta"
    assert settings.ledger_url == f"postgresql+psycopg://flotta:{SECRET}@db.example.se:5432/flotta?sslmode=require"
    assert SECRET not in repr(settings)


@pytest.mark.usefixtures("write")
def test_a_database_of_another_kind_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its name, and without the password that may stand in it."""
    monkeypatch.setenv("FLOTTA_DATABASE", f"mysql://flotta:{SECRET}@db/flotta")

    assert "postgresql://" in refusal()
    assert SECRET not in refusal()


# Alerts.


@pytest.mark.usefixtures("write")
def test_by_default_nobody_is_told_and_the_digest_is_for_seven() -> None:
    """Whom to tell is all that must be said."""
    alerts = load().alerts

    assert (alerts.to, alerts.digest, alerts.slow) == ([], time(7), 3.0)


def test_who_is_told_is_a_secret(write: Write, secrets: Callable[[str, int], Path]) -> None:
    """The addresses hold passwords, so they stand beside the key; the rest may stand anywhere."""
    write('[alerts]\ndigest = "06:30"\nslow = 2\n')
    secrets(f'[alerts]\nto = ["mailtos://bot:{SECRET}@example.se"]\n', 0o600)

    alerts = load().alerts

    assert [each.get_secret_value() for each in alerts.to] == [f"mailtos://bot:{SECRET}@example.se"]
    assert (alerts.digest, alerts.slow) == (time(6, 30), 2.0)
    assert SECRET not in repr(load())


def test_a_digest_may_be_none(write: Write) -> None:
    """TOML has no word for nothing."""
    write('[alerts]\ndigest = "never"\n')

    assert load().alerts.digest is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("digest = 7", 'alerts.digest: skriv svensk tid utan tidszon, som "07:00", eller "never"'),
        ('digest = "07:00Z"', 'alerts.digest: skriv svensk tid utan tidszon, som "07:00", eller "never"'),
        ("slow = 1", "alerts.slow: Input should be greater than 1"),
        ("mail = 1", "alerts.mail: okänd inställning"),
    ],
)
def test_a_setting_of_the_alerts_that_is_wrong_is_named(write: Write, line: str, said: str) -> None:
    """By its path."""
    write(f"[alerts]\n{line}\n")

    assert said in refusal()


@pytest.mark.parametrize("given", [f"mailto://bot:{SECRET}@x", f'["{SECRET}", 3]', f'["{SECRET}"'])
@pytest.mark.usefixtures("write")
def test_targets_that_cannot_be_read_are_not_quoted(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever forgets that the variable is a list has a password in it all the same."""
    monkeypatch.setenv("FLOTTA_ALERTS__TO", given)

    said = refusal()

    assert "alerts" in said
    assert SECRET not in said
