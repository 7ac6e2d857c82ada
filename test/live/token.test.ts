import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newToken, sameToken, tokenForm, userToken } from '../../src/live/token.js';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'rxnn-state-'));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));
const file = () => join(state, 'rxnn', 'live-token');

describe('a token', () => {
  test('is 128 random bits', () => {
    expect(newToken()).toMatch(/^[0-9a-f]{32}$/);
    expect(newToken()).not.toBe(newToken());
  });

  test('equals itself only', () => {
    const token = newToken();
    expect(sameToken(token, `${token}`)).toBe(true);
    expect(sameToken(token, '')).toBe(false);
    expect(sameToken(token, `${token}0`)).toBe(false);
    expect(sameToken(token, newToken())).toBe(false);
  });
});

describe("the user's token", () => {
  test('is made once, kept for the user alone, and the same ever after', async () => {
    const token = await userToken({ XDG_STATE_HOME: state });
    expect(token).toMatch(tokenForm);
    expect(readFileSync(file(), 'utf8').trim()).toBe(token);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(await userToken({ XDG_STATE_HOME: state })).toBe(token);
  });

  test('of the right to control is another one, kept in the same way', async () => {
    const env = { XDG_STATE_HOME: state };
    const token = await userToken(env, 'control');
    expect(token).toMatch(tokenForm);
    expect(token).not.toBe(await userToken(env));
    expect(statSync(join(state, 'rxnn', 'control-token')).mode & 0o777).toBe(0o600);
    expect(await userToken(env, 'control')).toBe(token);
  });

  test('is one even when many ask for the first time at once', async () => {
    const tokens = await Promise.all(Array.from({ length: 8 }, () => userToken({ XDG_STATE_HOME: state })));
    expect(new Set(tokens)).toEqual(new Set([await userToken({ XDG_STATE_HOME: state })]));
  });

  test('is replaced when others could have read it, when it is no token, and when it is a link', async () => {
    mkdirSync(join(state, 'rxnn'));
    const known = 'ab'.repeat(16);
    writeFileSync(file(), known);
    chmodSync(file(), 0o644);
    expect(await userToken({ XDG_STATE_HOME: state })).not.toBe(known);
    writeFileSync(file(), 'secret', { mode: 0o600 });
    expect(await userToken({ XDG_STATE_HOME: state })).toMatch(tokenForm);
    writeFileSync(join(state, 'elsewhere'), known, { mode: 0o600 });
    rmSync(file());
    symlinkSync(join(state, 'elsewhere'), file());
    expect(await userToken({ XDG_STATE_HOME: state })).not.toBe(known);
  });

  test('is a new one each time where it cannot be kept', async () => {
    writeFileSync(join(state, 'rxnn'), 'a file where the folder should be');
    const token = await userToken({ XDG_STATE_HOME: state });
    expect(token).toMatch(tokenForm);
    expect(await userToken({ XDG_STATE_HOME: state })).not.toBe(token);
  });
});
