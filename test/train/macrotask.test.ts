import { afterEach, describe, expect, it, vi } from 'vitest';
import { macrotask } from '../../src/train/macrotask.js';
import { turns } from './pacing.js';

afterEach(() => vi.unstubAllGlobals());

const immediates = () => process.getActiveResourcesInfo().filter(name => name === 'Immediate').length;

describe('macrotask', () => {
  it('resumes who waits longest first, one a turn of the event loop', async () => {
    const log: string[] = [];
    for (const name of ['a', 'b', 'c']) macrotask(() => log.push(name));
    expect(log).toEqual([]);
    await turns(1);
    expect(log).toEqual(['a']);
    await turns(2);
    expect(log).toEqual(['a', 'b', 'c']);
  });

  it('does not resume who cancelled, and leaves no handle behind when all have', async () => {
    const log: string[] = [];
    const before = immediates();
    const cancels = ['a', 'b'].map(name => macrotask(() => log.push(name)));
    expect(immediates()).toBe(before + 1);
    cancels[0]!();
    cancels[0]!();
    expect(immediates()).toBe(before + 1);
    cancels[1]!();
    expect(immediates()).toBe(before);
    await turns(3);
    expect(log).toEqual([]);
  });

  it('goes on with the others when one throws', async () => {
    const log: string[] = [];
    const thrown = new Promise(resolve => {
      const others = process.listeners('uncaughtException');
      process.removeAllListeners('uncaughtException');
      process.once('uncaughtException', error => {
        for (const other of others) process.on('uncaughtException', other);
        resolve(error.message);
      });
    });
    macrotask(() => {
      throw new Error('mine');
    });
    macrotask(() => log.push('b'));
    expect(await thrown).toBe('mine');
    await turns(3);
    expect(log).toEqual(['b']);
  });

  it('uses a message channel where there is no setImmediate', async () => {
    const setImmediateHere = setImmediate;
    vi.stubGlobal('setImmediate', undefined);
    const log: string[] = [];
    const cancel = macrotask(() => log.push('cancelled'));
    cancel();
    await new Promise<void>(resolve => {
      macrotask(() => log.push('a'));
      macrotask(() => {
        log.push('b');
        resolve();
      });
    });
    expect(log).toEqual(['a', 'b']);
    await new Promise(resolve => setImmediateHere(resolve));
  });
});
