"""Credits and refunds: the cohorts of customers, and the sum above which a second person approves."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from bot.config.floor.reading import FloorPart, Name, matching


def read_sum(raw: Any) -> Any:
    """`500` or `1250.50`, in whole units of the currency."""
    try:
        amount = Decimal(str(raw))
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{raw!r} is no sum of money; write it like `500` or `1250.50`")
    return amount


Limit = Annotated[Decimal, BeforeValidator(read_sum)]
Currency = Annotated[str, AfterValidator(matching(r"[A-Z]{3}|default", "`EUR` or `default`"))]
CohortName = Annotated[Name, Field(max_length=60)]


class Credits(FloorPart):
    """`approve_above` is by currency, `default` for the others; {} lets one person release any sum."""

    cohorts: tuple[CohortName, ...] = Field(("consumers", "merchants", "couriers"), min_length=1, max_length=50)
    approve_above: dict[Currency, Limit] = Field(default_factory=lambda: {"default": Decimal(500)})
