import { createHash } from 'node:crypto';
import { resetMsal } from './msal.mjs';
import { server, useEmulator, variables } from './server.mjs';

export { useEmulator };

const IDENTITIES = 100;
let vms = 0;

/** A VM of its own for a test. `t` is the context of node:test or vitest; with it the VM ends with the test. */
export async function startImds(settings = {}, t = undefined) {
  const record = await server();
  const vm = (vms += 1);
  const identities = settings.identities ?? pool(vm);
  const made = await send('POST', `${record.admin}/vms`, { identities, ...settings });
  const imds = new Imds(made, identities, lead(variables(record, made.imds)));
  await resetMsal();
  (t?.after?.bind(t) ?? t?.onTestFinished)?.(() => imds.stop());
  return imds;
}

/** Runs `body` with a VM of its own, which ends with it. */
export async function withImds(settings, body) {
  const imds = await startImds(settings);
  try {
    return await body(imds);
  } finally {
    await imds.stop();
  }
}

/** A fixture for vitest: `const test = base.extend({ imds: imdsFixture() })`. */
export function imdsFixture(settings = {}) {
  return async ({}, use) => withImds(settings, use);
}

class Imds {
  #identities;
  #restore;
  #stopped = false;

  constructor({ imds, admin, name }, identities, restore) {
    this.endpoint = imds;
    this.admin = admin;
    this.name = name;
    this.#identities = identities.map((identity) => identity.client_id);
    this.#restore = restore;
  }

  /** The client id of an identity that no test of this process had: its token is in no cache. */
  identity() {
    const next = this.#identities.shift();
    if (!next) throw new Error('imds-emulator: no identity is left: list more in settings.identities');
    return next;
  }

  fault(fault) {
    return send('POST', `${this.admin}/faults`, typeof fault === 'string' ? { preset: fault } : fault);
  }

  clearFaults() {
    return send('DELETE', `${this.admin}/faults`);
  }

  limits(limits) {
    return send('PUT', `${this.admin}/limits`, limits);
  }

  verify() {
    return send('GET', `${this.admin}/verify`);
  }

  tally() {
    return send('GET', `${this.admin}/tally`);
  }

  async journal() {
    return (await send('GET', `${this.admin}/journal`)).entries;
  }

  /** As if this VM had never been asked; the SDK's tokens are forgotten, too. */
  async reset() {
    await send('POST', `${this.admin}/reset`);
    await resetMsal();
  }

  async stop() {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#restore();
    await send('DELETE', this.admin);
  }

  [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {
    return this.stop();
  }
}

/** Identities that differ from one VM to the next, since SDKs keep tokens by client id. */
function pool(vm) {
  const numbers = Array.from({ length: IDENTITIES }, (_, index) => index + 1);
  return numbers.map((number) => ({ name: `test-${number}`, client_id: guid(`${vm}/${number}`) }));
}

function guid(seed) {
  const hex = createHash('sha256').update(seed).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

/** Sets the variables of this process; the function that is returned brings back what was there. */
function lead(said) {
  const before = Object.keys(said).map((name) => [name, process.env[name]]);
  const set = ([name, value]) => {
    if (value === null || value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  Object.entries(said).forEach(set);
  return () => before.forEach(set);
}

async function send(method, url, body) {
  const answer = await fetch(url, { method, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`imds-emulator: ${method} ${new URL(url).pathname}: ${answer.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
