"""Settings: the only reader of the environment. Every problem is reported at once, each in one sentence."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.domain.errors import Misconfigured

ROOT = Path(__file__).resolve().parent.parent
TELEGRAM = "https://api.telegram.org"
OF_NUMBERS = {
    "PORT": "this must be a whole number from 1 to 65535",
    "MESSAGES_PER_SECOND": "this must be a number above 0, at most 1000",
}


class Settings(BaseSettings):
    """What an operator can set, in `.env` or the environment. `.env.example` explains each in words."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    bot_token: str = Field("", description="from @BotFather")
    telegram_api_url: str = Field(TELEGRAM, description="the root before /bot<token>/")
    database_url: str = Field("sqlite:///data/first-mile.db", description="sqlite:///path or postgresql://…")
    coordinator_ids: Annotated[frozenset[int], NoDecode] = Field(frozenset(), description="Telegram ids, with commas")
    public_url: str = Field("", description="https address of this server; set it and the bot uses a webhook")
    webhook_secret: str = Field("", description="A-Z a-z 0-9 _ -, up to 256; made from the secret key when empty")
    host: str = Field("127.0.0.1", description="address the web part listens on")
    port: int = Field(8080, ge=1, le=65535, description="port the web part listens on")
    messages_dir: Path = Field(ROOT / "messages", description="folder with everything a person reads")
    messages_per_second: float = Field(30, gt=0, le=1000, description="Telegram's limit for this token")
    secret_key: str = Field("", description="32 characters or more; made and kept in the database when empty")
    heartbeat_url: str = Field("", description="https address that is called each minute while the clock runs")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    @field_validator("coordinator_ids", mode="before")
    @classmethod
    def split_ids(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in value.split(",") if part.strip()]
        wrong = [part for part in parts if not part.isdigit()]
        if wrong:
            raise ValueError(f"these are not Telegram ids: {', '.join(wrong)} (a number; @userinfobot tells it)")
        return frozenset(int(part) for part in parts)

    @field_validator("telegram_api_url", "public_url")
    @classmethod
    def web_address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("this must begin with https:// (or http:// on your own machine)")
        return value.rstrip("/")

    @field_validator("heartbeat_url")
    @classmethod
    def safe_address(cls, value: str) -> str:
        if value and not value.startswith("https://"):
            raise ValueError("this must begin with https://")
        return value

    @field_validator("log_level")
    @classmethod
    def known_level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("this must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator("database_url")
    @classmethod
    def known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://", "postgres://", "postgresql+psycopg://")):
            raise ValueError("this must begin with sqlite:/// or postgresql://")
        return value

    @property
    def uses_webhook(self) -> bool:
        return bool(self.public_url)


def load(**overrides: Any) -> Settings:
    """Read the settings; raises Misconfigured with every fault."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise Misconfigured([_sentence(dict(fault)) for fault in error.errors()]) from None


def faults(**overrides: Any) -> list[str]:
    """Everything that keeps `run` from working, one sentence each: what is wrong and what is missing, together."""
    try:
        return missing_for_run(load(**overrides))
    except Misconfigured as error:
        wrong = {sentence.partition(":")[0].lower() for sentence in error.faults}
        defaults = {name: field.default for name, field in Settings.model_fields.items() if name in wrong}
        rest = missing_for_run(load(**{**overrides, **defaults}))
        return error.faults + [one for one in rest if one.partition(":")[0].lower() not in wrong]


def _sentence(fault: dict[str, Any]) -> str:
    name = ".".join(str(part) for part in fault["loc"]).upper() or "settings"
    told = OF_NUMBERS.get(name) or str(fault["msg"]).removeprefix("Value error, ")
    return f"{name}: {told}."


def missing_for_run(settings: Settings) -> list[str]:
    """What `run` cannot do without, one sentence each; empty when nothing is missing."""
    faults = []
    if not settings.bot_token:
        faults.append("BOT_TOKEN: it is empty. Ask @BotFather in Telegram for a token and put it in .env.")
    elif ":" not in settings.bot_token:
        faults.append("BOT_TOKEN: it does not look like a token (123456:ABC…). Copy it again from @BotFather.")
    if not settings.coordinator_ids:
        faults.append(
            "COORDINATOR_IDS: it is empty. Put in the Telegram id of at least one coordinator; @userinfobot tells it."
        )
    if settings.secret_key and len(settings.secret_key) < 32:
        faults.append("SECRET_KEY: it is shorter than 32 characters. Make one with: openssl rand -hex 32.")
    if settings.webhook_secret and not _is_secret(settings.webhook_secret):
        faults.append("WEBHOOK_SECRET: use 1 to 256 characters from A-Z a-z 0-9 _ and -.")
    return faults


def wants_details() -> bool:
    """Whether whoever looks for a fault has asked for everything that can be said about it."""
    try:
        return load().log_level == "DEBUG"
    except Misconfigured:
        return False


def _is_secret(value: str) -> bool:
    return len(value) <= 256 and all(c.isascii() and (c.isalnum() or c in "_-") for c in value)
