'use strict';

const fs = require('node:fs');
const path = require('node:path');

/** The file of a program: of the platform's package, beside this one. */
function program(name) {
  const platform = `${process.platform}-${process.arch}`;
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  try {
    return require.resolve(`@imds-emulator/${platform}/bin/${file}`);
  } catch {
    throw new Error(
      `imds-emulator: no program for ${platform}: the package @imds-emulator/${platform} is not installed. ` +
        'Install without --omit=optional, or set IMDS_EMULATOR to the program in tests.',
    );
  }
}

/** The file of the emulator in tests: `binary`, or IMDS_EMULATOR, the platform's package, PATH. */
function emulator(binary) {
  const named = binary ?? process.env.IMDS_EMULATOR;
  if (named) return named;
  try {
    return program('imds-emulator');
  } catch (missing) {
    const found = onPath('imds-emulator');
    if (found) return found;
    throw missing;
  }
}

function onPath(name) {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => path.join(folder, file)).find((candidate) => fs.existsSync(candidate));
}

module.exports = { emulator, program };
