"""The API's description in OpenAPI 3.1, for code generators and people."""

from typing import Any

Json = dict[str, Any]


def _parameter(name: str, description: str, schema: Json, location: str = "query") -> Json:
    return {
        "name": name,
        "in": location,
        "required": location == "path",
        "description": description,
        "schema": schema,
    }


def _get(scope: str, summary: str, parameters: list[Json], schema: Json) -> Json:
    answers = {"401": "No token, or a wrong one.", "403": "The token is for something else."}
    refusals = {code: {"description": text} for code, text in answers.items()}
    content = {"application/json": {"schema": schema}}
    return {
        "get": {
            "summary": summary,
            "security": [{"token": [scope]}],
            "parameters": parameters,
            "responses": {"200": {"description": summary, "content": content}, **refusals},
        }
    }


STRING, INTEGER = {"type": "string"}, {"type": "integer"}
MOMENT = {"type": "string", "format": "date-time"}
MAYBE_MOMENT = {"type": ["string", "null"], "format": "date-time"}
TEXTS = {"type": "array", "items": STRING}
NUMBER = _parameter("number", "The incident's number.", INTEGER, "path")
COUNTS = {"type": "object", "additionalProperties": INTEGER}
MINUTES = {
    "type": "object",
    "properties": {"n": INTEGER, "median": {"type": ["number", "null"]}, "p90": {"type": ["number", "null"]}},
}
INCIDENT = {
    "type": "object",
    "properties": {
        "number": INTEGER,
        "title": STRING,
        "severity": {"enum": ["S0", "S1", "S2", "S3", "S4"]},
        "status": STRING,
        "type": STRING,
        "sites": TEXTS,
        "partners": TEXTS,
        "impact": STRING,
        "cause": STRING,
        "is_drill": {"type": "boolean"},
        "channel_id": {"type": ["string", "null"]},
        "declared_at": MOMENT,
        "mitigated_at": MAYBE_MOMENT,
        "resolved_at": MAYBE_MOMENT,
        "closed_at": MAYBE_MOMENT,
    },
}
REFERENCE = {"$ref": "#/components/schemas/Incident"}
LIST = {
    "type": "object",
    "properties": {
        "incidents": {"type": "array", "items": REFERENCE},
        "next_before": {"type": ["integer", "null"], "description": "`before` of the next page."},
    },
}
FIGURES = {
    "type": "object",
    "properties": {
        "incident": INTEGER,
        "intervals": {"type": "array", "items": {"type": "object", "additionalProperties": STRING}},
        "notes": TEXTS,
    },
}
REPORT = {
    "type": "object",
    "properties": {
        "from": MOMENT,
        "to": MOMENT,
        "region": STRING,
        "count": INTEGER,
        "by_severity": COUNTS,
        "by_type": COUNTS,
        "by_site": COUNTS,
        "minutes_to_detect": MINUTES,
        "minutes_to_acknowledge": MINUTES,
        "minutes_to_mitigate": MINUTES,
        "minutes_to_resolve": MINUTES,
        "updates_kept": INTEGER,
        "updates_promised": INTEGER,
    },
}
PAGING = [
    _parameter("before", "Only incidents with a lower number.", INTEGER),
    _parameter("limit", "At most so many, up to 200.", {"type": "integer", "default": 50}),
    _parameter("state", "Which ones.", {"enum": ["all", "open"], "default": "all"}),
    _parameter("severity", "Severities with commas between.", STRING),
    _parameter("since", "Declared at that moment or later.", MOMENT),
    _parameter("drills", "Whether drills are among them.", {"enum": ["false", "true"], "default": "false"}),
]
PERIOD = [
    _parameter("from", "The beginning; 30 days before `to` if it is not named.", MOMENT),
    _parameter("to", "The end, which is not part of it; now if it is not named.", MOMENT),
    _parameter("region", "A region of `reports` in floor.yaml; all of them if it is not named.", STRING),
]
DESCRIPTION: Json = {
    "openapi": "3.1.0",
    "info": {
        "title": "Watchfloor",
        "version": "1",
        "description": "Incidents, figures and reports, to be read. Private incidents are never in it.",
    },
    "paths": {
        "/api/v1/incidents": _get("incidents", "Incidents, the newest first.", PAGING, LIST),
        "/api/v1/incidents/{number}": _get("incidents", "One incident.", [NUMBER], REFERENCE),
        "/api/v1/incidents/{number}/figures": _get("figures", "Its figures by interval.", [NUMBER], FIGURES),
        "/api/v1/reports/incidents": _get("reports", "Counts and times of a period.", PERIOD, REPORT),
    },
    "components": {
        "schemas": {"Incident": INCIDENT},
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
    },
}
