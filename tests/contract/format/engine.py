"""
Evaluates an intake format's parser.yml as Sekoia.io's documentation and the tests in its public repository describe
it. Sekoia.io's own engine runs at Sekoia.io only. What this format does not use raises an error.
"""

import functools
import ipaddress
import json
from datetime import datetime, timezone

from dateutil import parser as dates
from jinja2 import Undefined, UndefinedError
from jinja2.nativetypes import NativeEnvironment

# What Sekoia.io adds to an event: https://github.com/SEKOIA-IO/intake-formats, thousands of expected documents.
RELATED = {
    "ip": ("source.ip", "destination.ip"),
    "hosts": ("source.domain", "destination.domain"),
    "user": ("user.name", "source.user.name", "destination.user.name"),
}


def is_ipaddress(value):
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return isinstance(value, str)


def rfc3339(moment):
    return moment.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def parsed_date(value, date_format):
    if date_format == "timestamp":
        return rfc3339(datetime.fromtimestamp(float(value), timezone.utc))
    if date_format is not None:
        raise NotImplementedError(f"date format {date_format}")
    moment = dates.parse(value)
    return rfc3339(moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc))


def is_empty(value):
    if isinstance(value, (list, tuple)):
        return all(map(is_empty, value))
    return value is None or value == "" or value == {} or isinstance(value, Undefined)


def at(document, path):
    for part in path.split("."):
        document = document.get(part) if isinstance(document, dict) else None
    return document


def assign(document, path, value):
    *groups, name = path.split(".")
    for group in groups:
        document = document.setdefault(group, {})
    document[name] = value


class Parser:
    def __init__(self, definition, taxonomy, undefined):
        """:param undefined: what jinja2 makes of a name that is not there. Which one Sekoia.io takes is not public."""
        self.definition = definition
        # Times and numbers are stored as what their type says. Of ECS, this module's events have these.
        self.types = {name: field["type"] for name, field in taxonomy.items()} | {
            name: "date" for name in ("@timestamp", "event.start", "event.end", "email.delivery_timestamp")
        }
        self.jinja = NativeEnvironment(undefined=undefined)
        self.jinja.filters["is_ipaddress"] = is_ipaddress
        self.compiled = functools.cache(lambda text: self.jinja.compile_expression(text, undefined_to_none=False))
        self.warnings = []

    def parse(self, message):
        self.warnings = []
        final = {}
        layers = {"original": {"message": message}, "final": final}
        for stage in self.definition["pipeline"]:
            if not self.holds(stage.get("filter"), layers):
                continue
            if "external" in stage:
                layers[stage["name"]] = self.external(stage["external"], layers)
                continue
            for action in self.definition["stages"][stage["name"]]["actions"]:
                if action.keys() - {"set", "filter"}:
                    raise NotImplementedError(f"action {action.keys()}")
                if self.holds(action.get("filter"), layers):
                    self.set(final, action["set"], layers)
        derive(final)
        return final

    def external(self, stage, layers):
        properties = stage["properties"]
        try:
            value = self.value(properties["input_field"], layers)
            if stage["name"] == "json.parse-json":
                result = json.loads(value)
            elif stage["name"] == "date.parse":
                result = parsed_date(value, properties.get("format"))
            else:
                raise NotImplementedError(stage["name"])
        except (ValueError, TypeError, OverflowError) as error:
            self.warnings.append(f"{stage['name']}: {error}")
            return {}
        return {properties["output_field"]: result}

    def set(self, final, fields, layers):
        for name, template in fields.items():
            value = self.value(template, layers)
            if not is_empty(value):
                assign(final, name, self.typed(name, value))

    def typed(self, name, value):
        if self.types.get(name) == "date":
            return parsed_date(value, None)
        return int(value) if self.types.get(name) == "long" else value

    def value(self, template, layers):
        """A value that cannot be computed counts as none."""
        if isinstance(template, list):
            return [self.value(one, layers) for one in template]
        if not template.startswith("{{"):
            return template
        if not template.endswith("}}") or "}}" in template[2:-2]:
            raise NotImplementedError(f"more than one expression: {template}")
        try:
            return self.compiled(template[2:-2].strip())(**layers)
        except (UndefinedError, TypeError, AttributeError):
            return None

    def holds(self, template, layers):
        value = True if template is None else self.value(template, layers)
        return bool(value) and not isinstance(value, Undefined)


def derive(document):
    for side in ("source", "destination"):
        group = document.get(side, {})
        address = group.get("domain") or group.get("ip")
        if "address" not in group and address:
            group["address"] = address
    for name, fields in RELATED.items():
        found = {value for value in (at(document, field) for field in fields) if value is not None}
        together = found | set(at(document, f"related.{name}") or [])
        if together:
            assign(document, f"related.{name}", sorted(together))
