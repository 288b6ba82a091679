"""What is set where: `flotta.toml`, with the environment on top. No secret stands in either it or a command line.

A secret comes from the environment (`FLOTTA_SYSTEMS__LIFECARE__PASSWORD`) or from `secrets.toml` beside the key, which
must be readable by its owner alone.
"""

from __future__ import annotations

import os
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from bots.errors import ConfigurationError


class BotSettings(BaseModel):
    """The guard's limits for one bot, and what evidence it keeps."""

    model_config = ConfigDict(extra="forbid")

    max_actions: int = Field(default=200, ge=0, description="at most this many writes without asking a person")
    max_share: float = Field(default=0.40, ge=0, le=1, description="at most this share of what was seen")
    #: Keep a masked picture of what each write brought, beside its receipt.
    screenshots: bool = False


class Retention(BaseModel):
    """How long what is kept is kept (`flotta purge`), as ISO 8601 has it: `P90D`."""

    model_config = ConfigDict(extra="forbid")

    #: What was read and written, sealed: the copies that something can be restored from.
    records: timedelta = Field(default=timedelta(days=90), ge=timedelta(0))
    #: Pictures and traces.
    evidence: timedelta = Field(default=timedelta(days=30), ge=timedelta(0))
    logs: timedelta = Field(default=timedelta(days=30), ge=timedelta(0))


class SystemSettings(BaseModel):
    """One third-party system: where it is, and which account the bots use there."""

    model_config = ConfigDict(extra="forbid")

    base_url: str | None = None
    user: str = ""
    password: SecretStr = SecretStr("")
    role: str = ""
    #: How many times the account may be signed in at once.
    sign_ins: int = Field(default=1, ge=1)
    #: Which installation this is. Business keys are unique within it; without a name it is the address.
    instance: str | None = None


class Settings(BaseSettings):
    """All settings. Environment: `FLOTTA_` and the name, levels parted by two underscores."""

    model_config = SettingsConfigDict(env_prefix="FLOTTA_", env_nested_delimiter="__", extra="forbid")

    home: Path = Field(default_factory=lambda: Path(platformdirs.user_state_dir("flotta")))
    key_file: Path = Field(default_factory=lambda: Path(platformdirs.user_config_dir("flotta")) / "key")
    #: Where the audit trail's heads are written: outside the state directory, best on another disk.
    anchor_file: Path | None = None
    #: Where the ledger and the engine's queues are: `postgresql://…`. Several machines need one; else files in `home`.
    database: SecretStr | None = None
    maps: Path = Path(__file__).parents[1] / "selectors"
    browser: str | None = None
    #: How long after a step's intent its write may still be sent. The page itself refuses it later.
    write_deadline: timedelta = timedelta(seconds=10)
    retention: Retention = Retention()
    bots: dict[str, BotSettings] = {}
    systems: dict[str, SystemSettings] = {}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment outweighs the files, which `load` hands over as arguments."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    @field_validator("database")
    @classmethod
    def _is_postgresql(cls, given: SecretStr | None) -> SecretStr | None:
        if given is not None and not given.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("ska vara en adress som börjar med postgresql://")
        return given

    @property
    def ledger_url(self) -> str:
        """Return the ledger's address as SQLAlchemy reads it. It may hold a password."""
        if self.database is None:
            return f"sqlite:///{self.home / 'ledger.db'}"
        return "postgresql+psycopg://" + self.database.get_secret_value().partition("://")[2]

    @property
    def place(self) -> str:
        """Return how people know the ledger's place."""
        if self.database is None:
            return str(self.home)
        # Whatever stands before the last @ may be a password.
        return self.database.get_secret_value().partition("://")[2].rpartition("@")[2].partition("?")[0]

    @property
    def audit_anchors(self) -> Path:
        """Return the file of the audit trail's heads: as set, else beside the key."""
        return self.anchor_file or self.key_file.with_name("audit-anchors")

    def bot(self, name: str) -> BotSettings:
        """Return the limits of the bot, the defaults when nothing is said of it."""
        return self.bots.get(name, BotSettings())

    def system(self, name: str) -> SystemSettings:
        """Return the settings of the system, empty when nothing is said of it."""
        return self.systems.get(name, SystemSettings())


def load() -> Settings:
    """Read `flotta.toml` (FLOTTA_CONFIG, else in the working directory) and the environment.

    Raises ConfigurationError naming the file and the setting.
    """
    named = os.environ.get("FLOTTA_CONFIG")
    file = Path(named) if named else Path("flotta.toml")
    values = _toml(file) if named or file.exists() else {}
    source = str(file)
    os.environ.pop("FLOTTA_CONFIG", None)
    try:
        settings = Settings(**values)
        secrets = settings.key_file.with_name("secrets.toml")
        if secrets.exists():
            if secrets.stat().st_mode & 0o077:
                raise ConfigurationError(f"{secrets} får läsas av andra. Kör `chmod 600 {secrets}`.")
            source = str(secrets)
            settings = Settings(**_merged(values, _toml(secrets)))
    except ValidationError as error:
        problems = "; ".join(
            f"{_variable(each['loc']) or source}: {'.'.join(str(part) for part in each['loc'])}: "
            + ("okänd inställning" if each["type"] == "extra_forbidden" else each["msg"])
            for each in error.errors(include_input=False)
        )
        raise ConfigurationError(f"Fel i {problems}.") from None
    except SettingsError as error:
        raise ConfigurationError(f"En miljövariabel FLOTTA_… kan inte läsas: {error}. Rätta den.") from None
    finally:
        if named:
            os.environ["FLOTTA_CONFIG"] = named
    return settings


def _variable(setting: tuple[int | str, ...]) -> str | None:
    """Return the environment variable that gives the setting, or None when none does."""
    names = ["FLOTTA_" + "__".join(map(str, setting[:length])).upper() for length in range(len(setting), 0, -1)]
    given = {name.upper() for name in os.environ}
    return next((name for name in names if name in given), None)


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"{file} kan inte läsas ({type(error).__name__}). Kontrollera sökvägen och rättigheterna."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} är inte giltig TOML: {error}. Rätta filen.") from error


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    both = dict(one)
    for key, value in other.items():
        both[key] = _merged(both[key], value) if isinstance(value, dict) and isinstance(both.get(key), dict) else value
    return both
