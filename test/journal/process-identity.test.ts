import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isGone, type ProcessIdentity, thisProcess } from '../../src/journal/process-identity.js';

const statOf = (pid: number) => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
};

test('this process is there', () => {
  expect(isGone(thisProcess())).toBe(false);
});

const hasProc = existsSync('/proc/self/stat');
if (!hasProc) console.log('skipped: a process that has ended is gone: this system has no /proc');

test.skipIf(!hasProc)('a process that has ended is gone, also while nobody has asked how it ended', async () => {
  // The shell becomes a program that does not ask after the shell's children, as the first process of a container may not.
  const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [line] = await once(parent.stdout, 'data');
    const pid = Number(line);
    const child: ProcessIdentity = { ...thisProcess(), pid, started: statOf(pid)[19] };
    expect(isGone(child)).toBe(false);
    while (statOf(pid)[0] !== 'Z') await new Promise(resolve => setTimeout(resolve, 10));
    expect(isGone(child)).toBe(true);
  } finally {
    parent.kill('SIGKILL');
  }
});
