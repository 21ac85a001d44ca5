// The probe on the shim: takes the steps of the file PROBE_STEPS, as main.py does on Sekoia's own SDK.
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AccountValidator, Action, Connector, Module, Trigger, sleep } from '@sekoia/automation-sdk-shim';

const readSteps = () => JSON.parse(readFileSync(process.env.PROBE_STEPS, 'utf8'));

/** The text that Python's json.dumps writes: blanks after separators, ASCII only. */
const pythonText = ({ n, text }) => {
  const ascii = text.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `{"n": ${n}, "text": "${ascii}"}`;
};

const steps = {
  log: ({ log }, level, message) => log[level](message),
  send: async ({ sendEvent }, name, event, directory) => {
    if (directory !== undefined) await mkdir(join(process.env.DATA_STORAGE, directory), { recursive: true });
    await sendEvent(name, event, directory);
  },
  tell: async ({ sendEvent, settings, module }) => {
    const { password = null, frequency, enabled, ratio, text } = settings;
    await sendEvent('told', { settings: { password, frequency, enabled, ratio, text }, module });
  },
  push: async ({ intake, stopping, log, reportLag }, count, size) => {
    const text = 'é😀'.repeat(Math.floor(size / 2));
    const events = Array.from({ length: count }, (_none, n) => pythonText({ n, text }));
    let pushed = 0;
    for await (const { from, to } of intake.deliver(events, stopping)) pushed += to - from;
    reportLag(7);
    log.info(`probe: ${pushed} events pushed`);
  },
  remember: async ({ data }, value) => data.document('context.json').write(value),
};

async function takeSteps(means) {
  for (const [step, ...given] of readSteps()) await steps[step](means, ...given);
  means.log.error('probe: end');
  means.log.info('probe: waits for the stop');
  await sleep(3_600_000, means.stopping);
}

class ProbeTrigger extends Trigger {
  run() {
    const { log, data, stopping, configuration: settings, moduleConfiguration: module } = this;
    return takeSteps({ log, data, stopping, settings, module, sendEvent: this.sendEvent.bind(this) });
  }
}

class ProbeConnector extends Connector {
  run() {
    const { log, data, stopping, intake, configuration: settings, moduleConfiguration: module } = this;
    const [sendEvent, reportLag] = [this.sendEvent.bind(this), this.reportLag.bind(this)];
    return takeSteps({ log, data, stopping, intake, settings, module, sendEvent, reportLag });
  }
}

const acts = {
  log: ({ log }, _given, level, message) => log[level](message),
  output: (action, _given, name, enabled) => action.setOutput(name, enabled),
  fail: (action, _given, message) => action.error(message),
  throw: (_action, _given, message) => {
    throw new Error(message);
  },
  tell: ({ configuration }, given) => ({ arguments: given, module: configuration }),
  rows: (_action, _given, count) => ({
    rows: Array.from({ length: count }, (_none, n) => ({ n, text: 'é😀'.repeat(20) })),
  }),
  read: async (action, given, name, required) => ({
    read: (await action.jsonArgument(name, given, { required })) ?? null,
  }),
  write: (action, _given, name, value) => action.jsonResult(name, value),
  wait: async (_action, _given, signal) => {
    await sleep(60_000, signal);
    signal.throwIfAborted();
  },
};

class ProbeAction extends Action {
  async run(given, signal) {
    let results = {};
    for (const [step, ...those] of readSteps()) {
      if (step === 'give') return those[0];
      const more = await acts[step](this, given, ...(step === 'wait' ? [signal] : those));
      if (typeof more === 'object') results = { ...results, ...more };
    }
    return results;
  }
}

class ProbeValidator extends AccountValidator {
  async validate() {
    const { tenant, api_secret } = this.moduleConfiguration;
    if (tenant === 'right' && api_secret === 'the-api-secret') return true;
    this.error = 'The tenant is not the right one.';
    return false;
  }
}

const module = new Module({ root: pathToFileURL(`${process.env.PROBE_ROOT}/`) });
module.register(ProbeTrigger, 'probe_trigger');
module.register(ProbeConnector, 'probe_connector');
module.register(ProbeAction, 'probe_action');
module.register(ProbeAction, 'probe_typed_action');
module.registerAccountValidator(ProbeValidator);
await module.run();
