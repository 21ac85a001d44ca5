// The environment of all tests. Jest keeps one AsyncLocalStorage for each test file and never disables it. In Node.js
// before 24, every promise of a process pays for each storage in use: the hundredth file ran at half the speed.
import asyncHooks from 'node:async_hooks';
import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

const { AsyncLocalStorage } = asyncHooks;
const paysForStorages = Number(process.versions.node.split('.')[0]) < 24;

/**
 * A module that finds these reads hundreds of certificates at each start, which takes 0.3 s of processor time. Tests
 * talk to this machine alone. Those of other levels install packages.
 */
const CERTIFICATES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];
const STAYS_HERE = ['unit', 'contract', 'integration', 'packages', 'lives', 'long', 'scale', 'field'];

export default class Environment extends TestEnvironment {
  #storages = [];
  #level;

  constructor(...given) {
    const [{ projectConfig }] = given;
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...given);
    } finally {
      vm.createContext = createContext;
    }
    this.#level = projectConfig.displayName.name;
  }

  async setup() {
    await super.setup();
    if (STAYS_HERE.includes(this.#level)) for (const name of CERTIFICATES) delete this.global.process.env[name];
    if (!paysForStorages) return;
    const storages = this.#storages;
    asyncHooks.AsyncLocalStorage = class extends AsyncLocalStorage {
      constructor(...options) {
        super(...options);
        storages.push(this);
      }
    };
  }

  async teardown() {
    await super.teardown();
    if (!paysForStorages) return;
    asyncHooks.AsyncLocalStorage = AsyncLocalStorage;
    for (const storage of this.#storages.splice(0)) storage.disable();
  }
}
