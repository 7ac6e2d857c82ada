import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forwarding, noBrowserHere } from '../../src/cli/open-page.js';
import { tellAddress } from '../../src/cli/tell-address.js';

const server = { url: 'http://127.0.0.1:4000/#token=ab', port: 4000, controlToken: 'cd' };

/** What is said, and the environment it is said in. */
function told(env: Record<string, string>) {
  const lines: string[] = [];
  const stderr = { write: (text: string) => lines.push(text) > 0, on: () => {}, off: () => {} };
  return { lines, io: { stderr, env } };
}

describe('the address of a live page', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'rxnn-open-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('is told for reading, and with the right to control', async () => {
    const { lines, io } = told({});
    await tellAddress(server, {}, io);
    expect(lines).toEqual([
      'live: http://127.0.0.1:4000/#token=ab\n',
      'control: http://127.0.0.1:4000/#token=ab&control=cd\n',
    ]);
    const reading = told({});
    await tellAddress({ ...server, controlToken: undefined }, {}, reading.io);
    expect(reading.lines).toEqual(['live: http://127.0.0.1:4000/#token=ab\n']);
  });

  it('comes with what to forward over SSH, where no browser is opened', async () => {
    const env = { SSH_CONNECTION: '10.0.0.2 50000 10.0.0.7 22', USER: 'ada', DISPLAY: ':0' };
    const { lines, io } = told(env);
    await tellAddress(server, { open: true }, io);
    expect(lines.slice(2)).toEqual([
      'over SSH, run this on your own machine first: ssh -L 4000:127.0.0.1:4000 ada@10.0.0.7\n',
      'no browser is opened: this is an SSH session\n',
    ]);
    expect(forwarding({ SSH_TTY: '/dev/pts/1', USER: 'ada' }, 80)).toBe('ssh -L 80:127.0.0.1:80 ada@<this machine>');
    expect(forwarding({ USER: 'ada' }, 80)).toBeUndefined();
  });

  it.each([
    [{}, 'linux', 'there is no display here'],
    [{ DISPLAY: '' }, 'linux', 'there is no display here'],
    [{ DISPLAY: ':0' }, 'linux', undefined],
    [{ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', undefined],
    [{ WSL_DISTRO_NAME: 'Debian' }, 'linux', undefined],
    [{}, 'darwin', undefined],
    [{}, 'win32', undefined],
    [{ SSH_TTY: '/dev/ttys1' }, 'darwin', 'this is an SSH session'],
  ] as const)('with %j on %s there is a browser, or a reason why not: %s', (env, platform, why) => {
    expect(noBrowserHere(env, platform)).toBe(why);
  });

  it('is opened through a file of the user’s own, so that no list of processes shows its tokens', async () => {
    const { lines, io } = told({ DISPLAY: ':0', XDG_STATE_HOME: home });
    const started: string[] = [];
    await tellAddress(server, { open: true }, io, async address => void started.push(address));
    expect(lines).toHaveLength(2);
    expect(started).toEqual([expect.stringMatching(/^file:\/\/\S+\/rxnn\/open-[0-9a-f]+\.html$/)]);
    const file = fileURLToPath(started[0] as string);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toContain('url=http://127.0.0.1:4000/#token=ab&#38;control=cd"');
  });

  it('is all that is told where no browser can be started, and nothing is left behind', async () => {
    const { lines, io } = told({ DISPLAY: ':0', XDG_STATE_HOME: home });
    await tellAddress(server, { open: true }, io, () => Promise.reject(new Error('spawn xdg-open ENOENT')));
    expect(lines.slice(2)).toEqual(['no browser is opened: spawn xdg-open ENOENT\n']);
    expect(await readdir(join(home, 'rxnn'))).toEqual([]);
  });
});
