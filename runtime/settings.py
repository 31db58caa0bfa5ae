"""Settings: read once, at the process's edge, into a frozen object."""

from __future__ import annotations

import os
import socket
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.addresses import host_and_port
from domain.allowed_hosts import HostTexts
from domain.dispatch import DEFAULT_POOL
from domain.retention_rules import Rule, rules_of
from domain.values import PoolName

SECRET_PREFIX = "PROCTOR_SECRET_"  # noqa: S105 - a prefix, not a secret
IN_PROCESS_BROKER = "memory:"
MATCHER = "matcher"
"""The model that is none: steps in words are matched with what the page calls its elements."""


class Settings(BaseSettings):
    """Everything that can be set, from the environment (`PROCTOR_...`) or command options.

    Times are seconds.
    """

    model_config = SettingsConfigDict(env_prefix="PROCTOR_", frozen=True, extra="ignore")

    data_dir: Path = Path(".proctor")
    database_url: SecretStr | None = None
    broker_url: SecretStr = SecretStr(IN_PROCESS_BROKER)
    queue_type: Literal["classic", "quorum"] = "classic"
    max_concurrent_executions: Annotated[int, Field(ge=1, le=1000)] = 5
    execution_timeout: Annotated[float, Field(gt=0, le=1500)] = 300.0
    queue_check_interval: Annotated[float, Field(gt=0, le=3600)] = 2.0
    ageing_interval: Annotated[float, Field(ge=0, le=86_400)] = 600.0
    drain_grace: Annotated[float, Field(ge=0, le=3600)] = 30.0
    step_timeout: Annotated[float, Field(gt=0, le=1500)] = 10.0
    words_timeout: Annotated[float, Field(gt=0, le=1500)] = 60.0
    model: str = MATCHER
    model_url: str | None = None
    model_api_key: SecretStr | None = None
    allowed_hosts: Annotated[HostTexts | None, NoDecode] = None
    guarded_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """Where else Proctor itself is, as `host:port`: tests may not go there unless a list of allowed
    hosts names it."""

    runs_per_browser: Annotated[int, Field(ge=1)] = 100
    executor_id: str = Field(default_factory=lambda: f"{socket.gethostname()}-{os.getpid()}")
    pool: PoolName = DEFAULT_POOL
    pools: Annotated[tuple[PoolName, ...], NoDecode] = (DEFAULT_POOL,)
    chromium: Path | None = None
    artifacts_dir: Path | None = None
    ledger_key: Path | None = None
    ledger_seed: SecretStr | None = None
    checkpoint_interval: Annotated[float, Field(ge=0.1, le=86_400)] = 10.0
    checkpoint_file: Path | None = None
    checkpoint_url: str | None = None
    retain_artifacts: Annotated[tuple[Rule, ...], NoDecode] = ()
    retain_details: Annotated[tuple[Rule, ...], NoDecode] = ()
    """How long files, and details, of runs that are over are kept; without a rule for ever."""

    retention_interval: Annotated[float, Field(ge=1, le=86_400)] = 3_600.0
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ("127.0.0.1",)
    """Addresses or networks of the proxies whose word counts on where a request comes from."""

    metrics_host: str = "0.0.0.0"  # noqa: S104 - opened only where a port is set
    metrics_port: Annotated[int, Field(ge=0, le=65535)] | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("data_dir", "artifacts_dir", "ledger_key", "checkpoint_file")
    @classmethod
    def _absolute(cls, folder: Path | None) -> Path | None:
        return folder.expanduser().resolve() if folder else None

    @field_validator("pools", "allowed_hosts", "guarded_hosts", "trusted_proxies", mode="before")
    @classmethod
    def _separated_by_commas(cls, names: object) -> object:
        if isinstance(names, str):
            return tuple(name.strip() for name in names.split(",") if name.strip())
        return names

    @field_validator("retain_artifacts", "retain_details", mode="before")
    @classmethod
    def _as_rules(cls, said: object) -> object:
        return rules_of(said) if isinstance(said, str) else said

    @field_validator("guarded_hosts")
    @classmethod
    def _with_ports(cls, places: tuple[str, ...]) -> tuple[str, ...]:
        for place in places:
            host_and_port(place)
        return places

    @field_validator("trusted_proxies")
    @classmethod
    def _as_networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            try:
                ip_network(proxy)
            except ValueError:
                raise ValueError(
                    f"{proxy!r} is no address or network, as 192.0.2.7 or 10.0.0.0/8 is"
                ) from None
        return proxies

    @property
    def known_pools(self) -> tuple[str, ...]:
        """Every pool that a run may ask for, by name."""
        return tuple(sorted({*self.pools, self.pool}))

    @property
    def artifacts(self) -> Path:
        """Where artifacts are kept; executors and API must share it."""
        return self.artifacts_dir or self.data_dir / "artifacts"

    @property
    def ledger_key_file(self) -> Path:
        """Where the key is that checkpoints are signed with."""
        return self.ledger_key or self.data_dir / "ledger.key"

    @property
    def in_process_broker(self) -> bool:
        """Whether the queue lives in this process."""
        return self.broker_url.get_secret_value() == IN_PROCESS_BROKER


def take_secrets() -> dict[str, str]:
    """The values of `PROCTOR_SECRET_NAME` by NAME, removed from this process's environment.

    Taken away so that no child process (browser, driver) inherits them.
    """
    names = [name for name in os.environ if name.startswith(SECRET_PREFIX)]
    return {name.removeprefix(SECRET_PREFIX): os.environ.pop(name) for name in names}
