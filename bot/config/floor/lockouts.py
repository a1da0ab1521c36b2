"""Lockouts: an agent's partner, by the domain of the login."""

from pydantic import Field, field_validator

from bot.config.floor.reading import FloorPart


class Lockouts(FloorPart):
    """`domains` leads from a login's domain, such as `northline.example`, to the partner's name."""

    domains: dict[str, str] = Field(default_factory=dict)

    def partner_of(self, login: str) -> str:
        """Return the partner that an agent works for; empty if the domain is not listed."""
        return self.domains.get(login.rpartition("@")[2].casefold(), "")

    @field_validator("domains")
    @classmethod
    def _lower_case(cls, domains: dict[str, str]) -> dict[str, str]:
        return {domain.casefold().removeprefix("@"): partner for domain, partner in domains.items()}
