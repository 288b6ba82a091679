"""Settings: which source outweighs which, and one clear sentence for each that is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
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


# What is wrong.


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
