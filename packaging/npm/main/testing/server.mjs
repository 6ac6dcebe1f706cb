// The one emulator of this process. It ends with the process, since its standard input closes then.
import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import program from '../lib/program.js';

const SECONDS_TO_START = 30;
const LOOPBACK = '127.0.0.1,localhost,::1';
let chosen = {};
let started;

/** Says which program is started, and with which further arguments, before the first start. */
export function useEmulator(options) {
  if (started) throw new Error('imds-emulator: it runs already: call useEmulator before the first startImds');
  chosen = options;
}

/** The record that the emulator printed when it was ready; starts it if need be. */
export function server() {
  started ??= start();
  return started;
}

/** What leads clients to an endpoint: names with their values, or with null where one has to be removed. */
export function variables(record, endpoint) {
  const extra = record.resource_manager ? [`--resource-manager=${record.resource_manager}`] : [];
  const lines = execFileSync(
    program.emulator(chosen.binary),
    ['env', '--shell', 'bash', '--endpoint', endpoint, ...extra],
    { encoding: 'utf8', env: ownEnvironment() },
  ).split('\n');
  const said = {};
  for (const line of lines) {
    const removed = /^unset (\w+)$/.exec(line);
    const set = /^export (\w+)='([^']*)'$/.exec(line);
    if (removed) said[removed[1]] = null;
    if (set) said[set[1]] = set[2];
  }
  const { NO_PROXY: upper, no_proxy: lower } = process.env;
  said.NO_PROXY = withLoopback(upper || lower);
  said.no_proxy = withLoopback(lower || upper);
  return said;
}

function withLoopback(before) {
  if (!before) return LOOPBACK;
  return before.endsWith(LOOPBACK) ? before : `${before},${LOOPBACK}`;
}

async function start() {
  const child = spawn(
    program.emulator(chosen.binary),
    ['serve', '--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0', '--until-stdin-closes', ...(chosen.arguments ?? [])],
    { stdio: ['pipe', 'pipe', 'pipe'], env: ownEnvironment() },
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (log += text));
  const line = await new Promise((resolve, reject) => {
    const late = setTimeout(() => fail(`not ready after ${SECONDS_TO_START} s`), SECONDS_TO_START * 1000);
    const fail = (why) => {
      child.kill();
      reject(new Error(`imds-emulator: ${why}\n${log}`));
    };
    child.on('error', (error) => fail(error.message));
    child.on('exit', (code) => fail(`ended with ${code}`));
    createInterface({ input: child.stdout }).once('line', (first) => {
      clearTimeout(late);
      resolve(first);
    });
  });
  // The process may end while the emulator runs.
  for (const handle of [child, child.stdin, child.stdout, child.stderr]) handle.unref();
  return JSON.parse(line);
}

/** The environment without settings that are meant for an emulator of the user's own. */
function ownEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('IMDS_EMULATOR_'));
  return Object.fromEntries(kept);
}
