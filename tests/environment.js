// The environment of all tests. Jest keeps one AsyncLocalStorage for each test file and never disables it. In Node.js
// before 24, every promise of a process pays for each storage in use: the hundredth file ran at half the speed.
import asyncHooks from 'node:async_hooks';
import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

const { AsyncLocalStorage } = asyncHooks;
const paysForStorages = Number(process.versions.node.split('.')[0]) < 24;

export default class Environment extends TestEnvironment {
  #storages = [];

  constructor(...given) {
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...given);
    } finally {
      vm.createContext = createContext;
    }
  }

  async setup() {
    await super.setup();
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
