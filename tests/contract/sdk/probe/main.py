"""The probe on Sekoia's own SDK: takes the steps of the file PROBE_STEPS, as main.mjs does on the shim."""

import json
import os
import time

from pydantic import ConfigDict

from sekoia_automation import SekoiaAutomationBaseModel, constants
from sekoia_automation.account_validator import AccountValidator
from sekoia_automation.action import Action
from sekoia_automation.connector import Connector, DefaultConnectorConfiguration
from sekoia_automation.module import Module
from sekoia_automation.storage import PersistentJSON
from sekoia_automation.trigger import Trigger

# The SDK's place for data is fixed: the container's volume.
constants.DATA_STORAGE = os.environ["DATA_STORAGE"]


def read_steps():
    with open(os.environ["PROBE_STEPS"], encoding="utf-8") as steps:
        return json.load(steps)


class TriggerConfiguration(SekoiaAutomationBaseModel):
    password: str | None = None
    frequency: int = 60
    enabled: bool = True
    ratio: float = 0.5
    text: str = "default"


class ConnectorConfiguration(DefaultConnectorConfiguration):
    model_config = ConfigDict(coerce_numbers_to_str=True)
    password: str | None = None


class Steps:
    def run(self):
        # A misconfigured item is found out before its first step.
        assert self.configuration is not None
        for step, *arguments in read_steps():
            getattr(self, f"step_{step}")(*arguments)
        self.log("probe: end", level="error")
        self.log("probe: waits for the stop", level="info")
        while self.running:
            time.sleep(0.05)

    def step_log(self, level, message):
        self.log(message, level=level)

    def step_send(self, name, event, directory=None):
        if directory:
            self.data_path.joinpath(directory).mkdir(parents=True, exist_ok=True)
        self.send_event(name, event, directory)

    def step_tell(self):
        settings = self.configuration.model_dump(exclude={"intake_key", "intake_server"})
        self.send_event("told", {"settings": settings, "module": self.module.configuration})

    def step_push(self, count, size):
        events = [json.dumps({"n": n, "text": "é😀" * (size // 2)}) for n in range(count)]
        ids = self.push_events_to_intakes(events, sync=True)
        self.put_forwarded_events(self.configuration.intake_key, count)
        self.put_discarded_events(self.configuration.intake_key, 0)
        self.put_forward_events_duration(self.configuration.intake_key, 0.1)
        self.put_events_lag(self.configuration.intake_key, 7)
        self.log(f"probe: {len(ids)} events pushed", level="info")

    def step_remember(self, value):
        with PersistentJSON("context.json", self.data_path) as context:
            context.update(value)


class ProbeTrigger(Steps, Trigger):
    configuration: TriggerConfiguration


class ProbeConnector(Steps, Connector):
    configuration: ConnectorConfiguration


class ActionArguments(SekoiaAutomationBaseModel):
    count: int = 10
    exact: bool = False
    text: str = "default"
    words: list[str] | None = None


class ActionSteps:
    """What a step returns is merged into the results; `give` replaces them."""

    def take_steps(self, arguments):
        results = {}
        for step, *given in read_steps():
            if step == "give":
                return given[0]
            results |= getattr(self, f"act_{step}")(arguments, *given) or {}
        return results

    def act_log(self, arguments, level, message):
        self.log(message, level=level)

    def act_output(self, arguments, name, enabled):
        self.set_output(name, enabled)

    def act_fail(self, arguments, message):
        self.error(message)

    def act_throw(self, arguments, message):
        raise ValueError(message)

    def act_tell(self, arguments):
        return {"arguments": arguments, "module": self.module.configuration}

    def act_rows(self, arguments, count):
        return {"rows": [{"n": n, "text": "é😀" * 20} for n in range(count)]}

    def act_read(self, arguments, name, required=True):
        return {"read": self.json_argument(name, arguments, required)}

    def act_write(self, arguments, name, value):
        return self.json_result(name, value)

    def act_merge(self, arguments, results):
        return results

    def act_wait(self, arguments):
        time.sleep(60)


class ProbeAction(ActionSteps, Action):
    def run(self, arguments):
        return self.take_steps(arguments)


class ProbeTypedAction(ActionSteps, Action):
    def run(self, arguments: ActionArguments):
        return self.take_steps(arguments.model_dump(exclude_none=True))


class ProbeValidator(AccountValidator):
    def validate(self):
        configuration = self.module.configuration
        if configuration["tenant"] == "right" and configuration.get("api_secret") == "the-api-secret":
            return True
        self.error("The tenant is not the right one.")
        return False


if __name__ == "__main__":
    module = Module()
    module.register(ProbeTrigger, "probe_trigger")
    module.register(ProbeConnector, "probe_connector")
    module.register(ProbeAction, "probe_action")
    module.register(ProbeTypedAction, "probe_typed_action")
    for command in filter(None, os.environ.get("PROBE_ACTIONS", "").split(",")):
        module.register(ProbeAction, command)
    module.register_account_validator(ProbeValidator)
    module.run()
