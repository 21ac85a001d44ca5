"""Checks the detection rules with pySigma and runs them, as SQL, on events in SQLite.

    run_rules.py RULES SAMPLES < BACKGROUND

RULES is the folder of the rules, SAMPLES a JSON file
{"columns": [...], "samples": {rule: {case: [event, ...]}}, "mixed": {rule: case}, "adapted": {text: text}}, and
BACKGROUND has one event a line. Events are nested, as the module sends them. Standard output is one JSON object:
{"issues": [...], "rules": {rule: {...}}, "samples": {rule: {case: hits}},
 "background": {"events": n, "hits": {rule: hits}, "seconds": {rule: s}, "mixed": {rule: hits}}}.
On the background, texts of the rules are replaced as "adapted" says, as a user adapts the lists of a rule. After that,
the events of the cases in "mixed" are added to it, and counted again.

A hit of a plain rule is an event. A hit of a correlation rule is an alert: windows of the same group that overlap are
one, as a SIEM shows them.
"""

import json
import re
import sqlite3
import sys
import time
from pathlib import Path

from sigma.backends.sqlite import sqliteBackend
from sigma.backends.sqlite.runtime import execute_plan
from sigma.collection import SigmaCollection
from sigma.correlations import SigmaCorrelationRule
from sigma.validation import SigmaValidator
from sigma.validators.core import validators

# These two load lists from the internet on each fresh machine. TECHNIQUES takes the place of the first.
ONLINE = {"attacktag", "d3_fendtag"}
# The techniques of ATT&CK Enterprise that rules may name, with their tactics.
TECHNIQUES = {
    "t1048": {"exfiltration"},
    "t1078.004": {"initial-access", "persistence", "privilege-escalation"},
    "t1499": {"impact"},
    "t1534": {"lateral-movement"},
    "t1566": {"initial-access"},
    "t1583.001": {"resource-development"},
    "t1589.002": {"reconnaissance"},
    "t1657": {"impact"},
}


def issues_of(folder):
    collection = SigmaCollection.load_ruleset([folder])
    chosen = [validator for name, validator in validators.items() if name not in ONLINE]
    found = [str(issue) for issue in SigmaValidator(chosen).validate_rules(collection)]
    return found + [issue for rule in collection.rules for issue in tag_issues(rule)]


def tag_issues(rule):
    names = [tag.name for tag in rule.tags if tag.namespace == "attack"]
    techniques = [name for name in names if re.fullmatch(r"t\d{4}(\.\d{3})?", name)]
    tactics = set(names) - set(techniques)
    for technique in techniques:
        if technique not in TECHNIQUES:
            yield f"{rule.title}: {technique} is not in TECHNIQUES"
        elif not TECHNIQUES[technique] & tactics:
            yield f"{rule.title}: no tactic of {technique}"
    allowed = set().union(*(TECHNIQUES.get(technique, set()) for technique in techniques))
    yield from (f"{rule.title}: {tactic} is no tactic of its techniques" for tactic in tactics - allowed)


class Rule:
    """The one query of a file. What only feeds a correlation has none of its own."""

    def __init__(self, path, adapted=()):
        source = path.read_text(encoding="utf-8")
        for text, other in dict(adapted).items():
            source = source.replace(f"- {text}\n", f"- {other}\n")
        collection = SigmaCollection.from_yaml(source)
        backend = sqliteBackend(table="events", timestamp_field="@timestamp")
        [self.query] = json.loads(backend.convert(collection, "zircolite"))
        [rule] = [rule for rule in collection.rules if rule._output]
        self.plan = self.query.get("correlation_plan")
        self.about = {
            "title": rule.title,
            "id": str(rule.id),
            "level": rule.level and rule.level.name.lower(),
            "description": rule.description,
            "falsepositives": rule.falsepositives or [],
            "tags": [str(tag) for tag in rule.tags],
            "noise": rule.custom_attributes.get("x-noise"),
            "type": rule.type.name.lower() if isinstance(rule, SigmaCorrelationRule) else "event",
            "fields": self.query["required_fields"],
            "logsources": [
                [each.logsource.product, each.logsource.service]
                for each in collection.rules
                if not isinstance(each, SigmaCorrelationRule)
            ],
        }

    def hits(self, connection):
        if self.plan is None:
            [statement] = self.query["rule"]
            return len(connection.execute(statement).fetchall())
        alerts, _ = execute_plan(connection, self.plan, include_events=False)
        return merged(alerts)


def merged(alerts):
    hits, last_key, last_end = 0, None, None
    for alert in sorted(alerts, key=lambda each: (json.dumps(each["group_keys"]), each["window_start"])):
        key = json.dumps(alert["group_keys"])
        if key != last_key or alert["window_start"] > last_end:
            hits += 1
            last_end = alert["window_end"]
        last_key, last_end = key, max(last_end, alert["window_end"])
    return hits


def table_of(columns, events):
    """Sigma compares texts without case, and so do the columns."""
    connection = sqlite3.connect(":memory:")
    types = {"office365.message_trace.Size": "INTEGER"}
    names = ", ".join(f"`{column}` {types.get(column, 'TEXT COLLATE NOCASE')}" for column in columns)
    connection.execute(f"CREATE TABLE events ({names})")
    insert(connection, columns, events)
    return connection


def insert(connection, columns, events):
    places = ", ".join("?" for _ in columns)
    paths = [column.split(".") for column in columns]
    rows = ([value_at(event, path) for path in paths] for event in events)
    connection.executemany(f"INSERT INTO events VALUES ({places})", rows)


def value_at(event, path):
    for name in path:
        if not isinstance(event, dict) or name not in event:
            return None
        event = event[name]
    return json.dumps(event) if isinstance(event, (list, dict)) else event


def main(folder, samples_file):
    given = json.loads(Path(samples_file).read_text(encoding="utf-8"))
    paths = sorted(Path(folder).glob("*.yml"))
    rules = {path.stem: Rule(path) for path in paths}
    columns = given["columns"]
    fields = {name: set(rule.about["fields"]) for name, rule in rules.items()}
    unknown = [f"{name}: no field {field}" for name in rules for field in fields[name] - set(columns)]
    if unknown:
        raise SystemExit("\n".join(unknown))
    samples = {
        name: {case: rules[name].hits(table_of(columns, events)) for case, events in cases.items()}
        for name, cases in given["samples"].items()
    }
    used = sorted(set().union(*fields.values()) | {"@timestamp"})
    connection = table_of(used, (json.loads(line) for line in sys.stdin.buffer))
    [[events]] = connection.execute("SELECT COUNT(*) FROM events")
    adapted = {path.stem: Rule(path, given["adapted"]) for path in paths}
    hits, seconds = {}, {}
    for name, rule in adapted.items():
        start = time.monotonic()
        hits[name] = rule.hits(connection)
        seconds[name] = round(time.monotonic() - start, 1)
    for name, case in given["mixed"].items():
        insert(connection, used, given["samples"][name][case])
    # The samples name what the rules name: here the rules are as they are.
    mixed = {name: rule.hits(connection) for name, rule in rules.items()}
    json.dump(
        {
            "issues": issues_of(folder),
            "rules": {name: rule.about for name, rule in rules.items()},
            "samples": samples,
            "background": {"events": events, "hits": hits, "seconds": seconds, "mixed": mixed},
        },
        sys.stdout,
    )


main(*sys.argv[1:])
