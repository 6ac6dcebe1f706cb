'use strict';

const { spawn } = require('node:child_process');
const os = require('node:os');
const { program } = require('./program.js');

/** Runs a program in the place of this process: its arguments, its streams, its exit code, its signals. */
module.exports = function run(name) {
  const child = spawn(program(name), process.argv.slice(2), { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => {
    console.error(`${name}: ${error.message}`);
    process.exitCode = 3;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + os.constants.signals[signal];
  });
};
