"""What is set where: `flotta.toml`, with the environment on top. No secret stands in either it or a command line.

A secret comes from the environment (`FLOTTA_SYSTEMS__LIFECARE__PASSWORD`) or from `secrets.toml` beside the key, which
must be readable by its owner alone.
"""

from __future__ import annotations

import os
import re
import socket
import tomllib
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self
from urllib.parse import quote

import platformdirs
from cronsim import CronSim, CronSimError
from pydantic import (
    BaseModel,
    ByteSize,
    ConfigDict,
    Field,
    PlainValidator,
    SecretStr,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from bots.errors import ConfigurationError


class BotSettings(BaseModel):
    """The guard's limits for one bot, and what evidence it keeps."""

    model_config = ConfigDict(extra="forbid")

    max_actions: int = Field(default=200, ge=0, description="at most this many writes without asking a person")
    max_share: float = Field(default=0.40, ge=0, le=1, description="at most this share of what was seen")
    #: Keep a masked picture of what each write brought, beside its receipt.
    screenshots: bool = False
    #: The class of machine that carries its runs.
    pool: str = "standard"
    #: How long one process may work on a run before it is ended.
    wall_clock: timedelta = Field(default=timedelta(hours=4), gt=timedelta(0))
    #: How many of its processes may die in a row, each without having got any further, before the run fails. To plan
    #: takes a minute, and a bad hour kills more than one a minute.
    deaths: int = Field(default=10, ge=1)
    #: How many processes share the steps of a run that the clock starts.
    lanes: int = Field(default=1, ge=1)
    #: How much memory each process of a run may use, where the system can hold it to that.
    memory: ByteSize = ByteSize(4 << 30)
    #: What this bot alone has to be told; `flotta doctor` says what that is.
    own: dict[str, str | bool | int] = {}


class Retention(BaseModel):
    """How long what is kept is kept (`flotta purge`), as ISO 8601 has it: `P90D`."""

    model_config = ConfigDict(extra="forbid")

    #: What was read and written, sealed: the copies that something can be restored from.
    records: timedelta = Field(default=timedelta(days=90), ge=timedelta(0))
    #: What bots were shown of what others have written. Longer than from one quarter to the next, when it is needed.
    memories: timedelta = Field(default=timedelta(days=400), ge=timedelta(0))
    #: Pictures and traces.
    evidence: timedelta = Field(default=timedelta(days=30), ge=timedelta(0))
    logs: timedelta = Field(default=timedelta(days=30), ge=timedelta(0))


class PoolSettings(BaseModel):
    """One class of machines."""

    model_config = ConfigDict(extra="forbid")

    #: How many runs such a machine carries at a time. A run waits while its account is in use, so as many as accounts.
    slots: int = Field(default=4, ge=1)


class SystemSettings(BaseModel):
    """One third-party system: where it is, and which account the bots use there."""

    model_config = ConfigDict(extra="forbid")

    base_url: str | None = None
    user: str = ""
    password: SecretStr = SecretStr("")
    role: str = ""
    #: A person signs in there, with their own e-legitimation, when a run asks for it.
    attended: bool = False
    #: How many times the account may be signed in at once.
    sign_ins: int = Field(default=1, ge=1)
    #: Which installation this is. Business keys are unique within it; without a name it is the address.
    instance: str | None = None


def _cron(value: object) -> str:
    """Return a crontab's five fields as they are written."""
    text, fields = str(value), "minut timme dag månad veckodag"
    with suppress(CronSimError):
        CronSim(text, datetime(2025, 1, 1, tzinfo=UTC))
        # CronSim also takes six fields, the first of them seconds.
        if len(text.split()) == len(fields.split()):
            return text
    raise ValueError(f'"{text}" är ingen återkommande tid; skriv fem fält, {fields}, som "15 4 * * mon-fri"')


class Window(NamedTuple):
    """Days that come back every year: the first and the last of them, each as (month, day)."""

    opens: tuple[int, int]
    closes: tuple[int, int]


def _window(text: object) -> Window:
    """Read `04-01/04-30`."""
    try:
        opens, closes = (
            # 2025 has no 29 February, and a window opens and closes every year.
            date(2025, int(month), int(day))
            for month, day in (edge.split("-") for edge in str(text).split("/"))
        )
    except ValueError:
        raise ValueError('skriv fönstret som "04-01/04-30", med dagar som finns varje år') from None
    if closes < opens:
        raise ValueError(f"fönstret {text} stänger innan det öppnar; dela ett som går över årsskiftet i två")
    return Window((opens.month, opens.day), (closes.month, closes.day))


def _wall(kind: type[time | datetime], example: str) -> PlainValidator:
    """Return what reads Swedish wall-clock time. Pydantic's own reader takes a number for seconds, and keeps a zone."""

    def read(value: object) -> time | datetime:
        with suppress(ValueError):
            found = kind.fromisoformat(value) if isinstance(value, str) else value
            if isinstance(found, kind) and found.tzinfo is None:
                return found
        raise ValueError(f"skriv svensk tid utan tidszon, som {example}")

    return PlainValidator(read)


#: Windows that have a name. IVO's: when each quarter's decisions that were not carried out are to be reported, by the
#: authority's own dates (2019; other dates are written out in their place).
WINDOWS = {"ivo": ("01-01/01-31", "04-01/04-30", "07-01/08-31", "10-01/10-31")}


class ScheduleSettings(BaseModel):
    """When the clock starts a bot, by Swedish wall-clock time, and what becomes of a due time that passed unseen.

    It is due as a crontab says (`cron`); every day or working day (`days`) at a time (`at`); on the first working day
    of each window (`windows`, or their name) at a time; or at one moment (`once`).
    """

    model_config = ConfigDict(extra="forbid")

    bot: str
    cron: Annotated[str, PlainValidator(_cron)] | None = None
    days: Literal["every", "working"] | None = None
    windows: tuple[Annotated[Window, PlainValidator(_window)], ...] = ()
    at: Annotated[time, _wall(time, '"04:15"')] | None = None
    once: Annotated[datetime, _wall(datetime, "2026-12-01T04:15:00")] | None = None
    #: A run that starts later than this after its due time is late.
    grace: timedelta = Field(default=timedelta(minutes=15), ge=timedelta(0))
    #: Of the due times that passed unseen the latest is made up for: always, never, or when it is no older than this.
    #: After its window has closed it never is.
    catch_up: Literal["once", "never"] | timedelta = "once"

    @field_validator("windows", mode="before")
    @classmethod
    def _may_be_named(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        if value not in WINDOWS:
            raise ValueError(f'skriv {", ".join(WINDOWS)}, eller en lista som ["04-01/04-30"]')
        return WINDOWS[value]

    @field_validator("catch_up", mode="wrap")
    @classmethod
    def _known_catch_up(cls, value: object, read: ValidatorFunctionWrapHandler) -> object:
        with suppress(ValidationError):
            found = read(value)
            if isinstance(found, str) or found > timedelta(0):
                return found
        raise ValueError('skriv "once", "never" eller en längd som "PT6H"')

    @model_validator(mode="after")
    def _one_way_to_say_when(self) -> Self:
        if sum(map(bool, (self.cron, self.days, self.windows, self.once))) != 1:
            raise ValueError("ange en av cron, days, windows och once, och bara en")
        has_days = bool(self.days or self.windows)
        if has_days and self.at is None:
            raise ValueError('ange också ett klockslag, som at = "04:15"')
        if self.at is not None and not has_days:
            raise ValueError("ta bort at, som bara hör till days och windows")
        for one, other in pairwise(sorted(self.windows)):
            if other.opens <= one.closes:
                raise ValueError("två fönster överlappar; låt det ena stänga innan det andra öppnar")
        return self


class AlertSettings(BaseModel):
    """Who is told of what goes wrong, and when a run takes too long."""

    model_config = ConfigDict(extra="forbid")

    #: Apprise's addresses: mail, Teams, webhooks. They hold passwords.
    to: list[SecretStr] = []
    #: When the daily digest is sent, by Swedish wall-clock time.
    digest: Annotated[time, _wall(time, '"07:00", eller "never"')] | None = time(7)
    #: A run that goes on for so many times as long as the bot's runs usually do is told of.
    slow: float = Field(default=3.0, gt=1)

    @field_validator("digest", mode="before")
    @classmethod
    def _may_be_never(cls, value: object) -> object:
        return None if value == "never" else value


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
    recordings: Path = Path(__file__).parents[1] / "fixtures" / "recordings"
    browser: str | None = None
    #: How long after a step's intent its write may still be sent. The page itself refuses it later.
    write_deadline: timedelta = timedelta(seconds=10)
    #: The same where a person makes the write.
    person_deadline: timedelta = timedelta(minutes=15)
    #: This machine's name in the fleet: its own, and the same after a restart.
    machine: str = Field(default_factory=socket.gethostname)
    #: How long a machine may say nothing before the others take over what it has in hand.
    grace: timedelta = timedelta(seconds=30)
    retention: Retention = Retention()
    alerts: AlertSettings = AlertSettings()
    pools: dict[str, PoolSettings] = {}
    bots: dict[str, BotSettings] = {}
    systems: dict[str, SystemSettings] = {}
    schedules: dict[str, ScheduleSettings] = {}

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
            return _in_file(self.home / "ledger.db")
        return "postgresql+psycopg://" + self.database.get_secret_value().partition("://")[2]

    @property
    def engine_url(self) -> str:
        """Return the address of the engine's queues: a file of their own, or a schema of their own."""
        return _in_file(self.home / "engine.db") if self.database is None else self.ledger_url

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

    def pool(self, name: str) -> PoolSettings:
        """Return the settings of the pool, the defaults when nothing is said of it."""
        return self.pools.get(name, PoolSettings())

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
            f"{_variable(each['loc']) or source}: {'.'.join(str(part) for part in each['loc'])}: " + _said(each)
            for each in error.errors(include_input=False)
        )
        raise ConfigurationError(f"Fel i {problems}.") from None
    except SettingsError as error:
        raise ConfigurationError(f"En miljövariabel FLOTTA_… kan inte läsas: {error}. Rätta den.") from None
    finally:
        if named:
            os.environ["FLOTTA_CONFIG"] = named
    return settings


def _said(error: ErrorDetails) -> str:
    """Return what is wrong. Our own validators' sentences without the words that pydantic puts before them."""
    match error["type"]:
        case "extra_forbidden":
            return "okänd inställning"
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            return error["msg"]


def _variable(setting: tuple[int | str, ...]) -> str | None:
    """Return the environment variable that gives the setting, or None when none does."""
    names = ["FLOTTA_" + "__".join(map(str, setting[:length])).upper() for length in range(len(setting), 0, -1)]
    given = {name.upper() for name in os.environ}
    return next((name for name in names if name in given), None)


def _in_file(path: Path) -> str:
    """Return the address of a database in a file; what is a sign of its own in an address is written as a character."""
    return f"sqlite:///{quote(str(path), safe='/')}" if re.search(r"[?#%]", str(path)) else f"sqlite:///{path}"


def _toml(file: Path) -> dict[str, Any]:
    try:
        # Some editors put a mark before the first character.
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
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
