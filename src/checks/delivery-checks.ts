/** Whether events can be delivered, and progress remembered. */
import { askIntake, type ShortIntakeOptions, type StoreAccess, StoreError } from '@sekoia/automation-sdk-shim';
import type { Check, Finding } from './check.js';

const WRONG_KEY =
  'Check intake_key: copy the key of the intake in Sekoia.io again. A new intake takes some minutes until its key works.';
const AWAY = 'Check intake_server, and that no proxy or firewall keeps the module from it.';

/** Whether the intake answers and knows the key. With an event, whether it takes it. */
export function intakeCheck(intake: ShortIntakeOptions | undefined, testEvent: string | undefined): Check {
  return {
    name: 'intake',
    remedyWithoutAnswer: AWAY,
    run: async (signal): Promise<Finding> => {
      if (intake === undefined) return { outcome: 'skipped', sentence: 'No intake key is given.' };
      const { kind, reason } = await askIntake(intake, testEvent, signal);
      switch (kind) {
        case 'accepted':
          return {
            outcome: 'good',
            sentence:
              testEvent === undefined
                ? 'The intake answers and knows the key.'
                : 'The intake has taken the test event.',
          };
        case 'key':
          return { outcome: 'bad', sentence: `The intake does not know the key: ${reason}.`, remedy: WRONG_KEY };
        case 'away':
          return { outcome: 'bad', sentence: `The intake cannot be used: ${reason}.`, remedy: AWAY };
        case 'unclear':
          return testEvent === undefined
            ? {
                outcome: 'skipped',
                sentence: `The intake answers, and does not say whether it knows the key (${reason}). Try --send-test-event.`,
              }
            : { outcome: 'bad', sentence: `The intake has not taken the test event: ${reason}.`, remedy: WRONG_KEY };
      }
    },
  };
}

/** Whether the store of the trigger can be written to. Another process may be using it. */
export function storeCheck(store: StoreAccess): Check {
  return {
    name: 'data store',
    remedyWithoutAnswer: 'Check the volume or the object storage.',
    run: async (): Promise<Finding> => {
      try {
        if (!(await store.exists()))
          return {
            outcome: 'skipped',
            sentence: `The ${store.name} is not here. Run this where the collector runs to check it.`,
          };
        await store.tryWriting();
        const owner = await store.owner();
        const by = owner === undefined ? '' : ` The process ${owner.pid} on the host ${owner.host} uses it.`;
        return { outcome: 'good', sentence: `The ${store.name} can be written to.${by}` };
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        return { outcome: 'bad', sentence: error.message };
      }
    },
  };
}
