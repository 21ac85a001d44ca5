// The probe on the shim: takes the steps that PROBE_STEPS lists, as main.py does on Sekoia's own SDK.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AccountValidator, Connector, Module, Trigger, sleep } from '@sekoia/automation-sdk-shim';

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
  for (const [step, ...given] of JSON.parse(process.env.PROBE_STEPS ?? '[]')) await steps[step](means, ...given);
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
module.registerAccountValidator(ProbeValidator);
await module.run();
