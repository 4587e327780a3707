// Makes a fresh clone ready: installs the pinned packages, among them the Node that the scripts run on.
// Plain JavaScript, because it must run on whatever Node the machine has.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import process from 'node:process';

const OLDEST = [22, 19];
const marker = 'node_modules/.package-lock.json';

const fresh = existsSync(marker) && statSync(marker).mtimeMs >= statSync('package-lock.json').mtimeMs;
if (!fresh) {
  console.error('Installing the pinned packages (npm install) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // Not `npm ci`: it refuses a lock file that lacks the optional packages of other platforms, and mirrors of the registry
  // need not carry those. `npm install` takes the same versions from the lock file.
  const install = spawnSync(npm, ['install', '--no-save', '--loglevel=error'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (install.status !== 0) {
    console.error('npm install failed; see the lines above. A registry must be reachable, or node_modules be in place.');
    process.exit(1);
  }
}

const pinned = spawnSync('node_modules/.bin/node', ['--version'], { encoding: 'utf8' });
const version = pinned.status === 0 ? pinned.stdout.trim() : process.version;
const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  console.error(
    `The scripts need Node ${OLDEST.join('.')} or newer; found ${version}, and no pinned Node for ` +
      `${process.platform}-${process.arch} was installed. Install Node 22 and run the command again.`,
  );
  process.exit(1);
}
