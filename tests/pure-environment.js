// The environment of the unit tests: no sockets, no processes. An attempt fails its test even where the code under test
// handles the error, as it does for a network that fails.
import childProcess from 'node:child_process';
import dgram from 'node:dgram';
import net from 'node:net';
import Environment from './environment.js';

const PLACE =
  'A unit test opens no socket and starts no process: move this file to tests/integration, or to tests/integration of ' +
  'its package (levels of test: CONTRIBUTING.md).';

/** Whatever opens a socket or starts a process in Node.js ends in one of these. */
const DOORS = [
  [net.Socket.prototype, 'connect'],
  [net.Server.prototype, 'listen'],
  [dgram.Socket.prototype, 'bind'],
  [childProcess.ChildProcess.prototype, 'spawn'],
  [childProcess, 'spawnSync'],
  [childProcess, 'execFileSync'],
  [childProcess, 'execSync'],
];

/** Jest takes one time limit for all levels, and what a test sets with `jest.setTimeout` before it. */
const TIMEOUT = Symbol.for('TEST_TIMEOUT_SYMBOL');
/** Longer than any needs, also on a loaded machine. */
const TIMEOUT_MS = 60_000;

export default class PureEnvironment extends Environment {
  #attempts = [];
  #opened = [];

  async setup() {
    await super.setup();
    this.global[TIMEOUT] = TIMEOUT_MS;
    for (const [owner, name] of DOORS) {
      const original = owner[name];
      owner[name] = () => {
        const attempt = new Error(`${name}: ${PLACE}`);
        this.#attempts.push(attempt);
        throw attempt;
      };
      this.#opened.push(() => (owner[name] = original));
    }
  }

  handleTestEvent(event) {
    if (event.name === 'test_done') {
      event.test.errors.push(...this.#attempts.splice(0));
    }
  }

  // The worker runs tests of other levels next.
  async teardown() {
    this.#opened.forEach((restore) => restore());
    await super.teardown();
    const [attempt] = this.#attempts;
    if (attempt !== undefined) {
      throw attempt;
    }
  }
}
