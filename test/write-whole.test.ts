import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemReason } from '../src/system-reason.js';
import { writeWhole } from '../src/write-whole.js';

let folder: string;
const at = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxnn-whole-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a file that is written whole', () => {
  it('is there with its content, in place of what was there, and leaves nothing beside it', async () => {
    await writeWhole(at('a'), 'first, which is longer');
    await writeWhole(at('a'), Uint8Array.of(104, 105));
    expect(readFileSync(at('a'), 'utf8')).toBe('hi');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it.runIf(process.platform !== 'win32')('keeps the permissions of the file that was there', async () => {
    writeFileSync(at('private'), 'old');
    chmodSync(at('private'), 0o600);
    await writeWhole(at('private'), 'new');
    expect([readFileSync(at('private'), 'utf8'), statSync(at('private')).mode & 0o777]).toEqual(['new', 0o600]);
  });

  it.runIf(process.platform !== 'win32')('is what links point to, also where that is not there yet', async () => {
    writeFileSync(at('target'), 'old');
    symlinkSync('target', at('link'));
    symlinkSync(at('link'), at('link-to-link'));
    await writeWhole(at('link-to-link'), 'new');
    expect(readFileSync(at('target'), 'utf8')).toBe('new');
    symlinkSync('later', at('dangling'));
    await writeWhole(at('dangling'), 'made');
    expect(readFileSync(at('later'), 'utf8')).toBe('made');
    for (const name of ['link', 'link-to-link', 'dangling']) expect(lstatSync(at(name)).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder)).toHaveLength(5);
  });

  it.runIf(process.platform !== 'win32')('goes into a pipe, also through a link, and leaves it there', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    symlinkSync('pipe', at('link'));
    for (const name of ['pipe', 'link']) {
      const [read] = await Promise.all([readFile(at('pipe'), 'utf8'), writeWhole(at(name), 'through')]);
      expect(read).toBe('through');
    }
    expect(lstatSync(at('pipe')).isFIFO()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['link', 'pipe']);
  });

  it('that cannot be written is named, with the reason', async () => {
    const path = join(folder, 'no', 'report.html');
    await expect(writeWhole(path, '')).rejects.toThrow(`${path} could not be written: no such file or directory`);
    symlinkSync('round', at('round'));
    await expect(writeWhole(at('round'), '')).rejects.toThrow(`${at('round')} could not be written: `);
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(systemReason(full)).toBe('the disk is full');
  });
});
