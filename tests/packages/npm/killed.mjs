// Prints the emulator's address and waits to be killed.
import { startImds } from 'imds-emulator/testing';

const imds = await startImds();
console.log(imds.endpoint);
setInterval(() => {}, 1000);
