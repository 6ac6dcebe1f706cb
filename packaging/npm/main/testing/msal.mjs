// MSAL keeps two things of managed identity in statics: the tokens, and the source with its address. Without this,
// a second VM of the process would get no request.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const MSAL = '@azure/msal-node';

/** Forgets tokens and address in each MSAL that the project's SDKs load, as ES module and as CommonJS. */
export async function resetMsal() {
  const project = createRequire(path.join(process.cwd(), 'package.json'));
  const parents = [project, ...['@azure/identity', MSAL].flatMap((name) => requireOf(project, name))];
  const files = new Set(parents.flatMap((parent) => resolved(parent, MSAL)));
  for (const file of files) {
    forget(project(file), file);
    const module = esModule(file);
    if (module) forget(await import(pathToFileURL(module)), module);
  }
}

function requireOf(parent, name) {
  return resolved(parent, name).map((file) => createRequire(file));
}

function resolved(parent, name) {
  try {
    return [parent.resolve(name)];
  } catch {
    return [];
  }
}

/** The file that `import` loads in place of what `require` loads. */
function esModule(file) {
  let folder = path.dirname(file);
  while (!existsSync(path.join(folder, 'package.json')) || manifest(folder).name !== MSAL) {
    if (folder === path.dirname(folder)) return undefined;
    folder = path.dirname(folder);
  }
  const entry = manifest(folder).exports?.['.']?.import;
  const target = entry?.default ?? entry;
  return typeof target === 'string' ? path.join(folder, target) : undefined;
}

function manifest(folder) {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
}

function forget({ ManagedIdentityApplication }, file) {
  if (!ManagedIdentityApplication) return; // a release without managed identity
  const client = new ManagedIdentityApplication({}).managedIdentityClient?.constructor;
  if (!client || !('nodeStorage' in ManagedIdentityApplication)) {
    throw new Error(`imds-emulator: this release of ${MSAL} keeps its tokens elsewhere: ${file}. Use one VM, and imds.identity() for each test.`);
  }
  ManagedIdentityApplication.nodeStorage = undefined;
  client.identitySource = undefined;
}
