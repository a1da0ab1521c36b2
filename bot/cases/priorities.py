"""How other systems name priorities."""

import re

from bot.sources.tabular.names import normalized

# `3`, `3 - Moderate`, `P3`, `Sev 3`, `S3`, `Priority 3`.
_NUMBERED = re.compile(r"(?:p|s|sev|severity|severidad|prio|priority|prioridad)? ?([1-5])(?!\d)")
PRIORITIES = {"critical": "P1", "urgent": "P1", "high": "P2", "moderate": "P3", "medium": "P3", "normal": "P3"}
PRIORITIES |= {"low": "P4", "planning": "P5"}
PRIORITIES |= {"critica": "P1", "critico": "P1", "urgente": "P1", "alta": "P2", "alto": "P2", "moderada": "P3"}
PRIORITIES |= {"moderado": "P3", "media": "P3", "medio": "P3", "baja": "P4", "bajo": "P4", "planificacion": "P5"}


def priority_of(text: str) -> str:
    """`3 - Moderate`, `P3`, `Sev3`, `Critical` as P1 to P5; empty when it is none."""
    name = normalized(text)
    if match := _NUMBERED.match(name):
        return f"P{match[1]}"
    return PRIORITIES.get(name.partition(" ")[0], "")
