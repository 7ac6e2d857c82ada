import { describe, expect, it } from 'vitest';
import { listenForInterruption } from '../../src/cli/interruption.js';
import { interrupts } from '../../src/cli/interrupts.js';
import { fakeIo } from './fake-io.js';

describe('interrupts', () => {
  it('emit once, and leave at once the second time, whichever signal it is', () => {
    const { signals, io, wait } = fakeIo();
    const heard: string[] = [];
    const subscription = interrupts(signals, () => heard.push('now'), io.clock).subscribe(() => heard.push('finish'));
    signals.emit('SIGHUP', 'SIGHUP');
    wait(300);
    expect(heard).toEqual(['finish']);
    signals.emit('SIGTERM', 'SIGTERM');
    expect(heard).toEqual(['finish', 'now']);
    subscription.unsubscribe();
  });

  it('take two signals at the same moment for one, as when a parent process passes Ctrl-C on', () => {
    const { signals, io, wait } = fakeIo();
    const heard: string[] = [];
    const subscription = interrupts(signals, () => heard.push('now'), io.clock).subscribe(() => heard.push('finish'));
    signals.emit('SIGINT', 'SIGINT');
    wait(5);
    signals.emit('SIGINT', 'SIGINT');
    expect(heard).toEqual(['finish']);
    subscription.unsubscribe();
  });

  it('leave the process as it was when they are unsubscribed from', () => {
    const { signals } = fakeIo();
    interrupts(signals, () => {})
      .subscribe()
      .unsubscribe();
    expect(signals.eventNames()).toEqual([]);
  });
});

describe('the interruption of a command', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('by %s ends the process before there is anything to finish, and asks to finish from then on', (signal, code) => {
    const { io, signals, exits, wait } = fakeIo();
    const early = listenForInterruption(io);
    signals.emit(signal, signal);
    expect([exits, early.code]).toEqual([[code], undefined]);
    early.forget();

    const late = listenForInterruption(io);
    const asked: string[] = [];
    late.finishWith(() => asked.push('finish'));
    signals.emit(signal, signal);
    expect(late.bySignal).toBe(true);
    expect([exits, late.code, asked]).toEqual([[code], code, ['finish']]);
    wait(1000);
    signals.emit(signal, signal);
    expect(exits).toEqual([code, code]);
    late.forget();
    expect(signals.eventNames()).toEqual([]);
  });

  it('is also that nobody reads its output any more', () => {
    const { io, signals, exits } = fakeIo();
    const early = listenForInterruption(io);
    signals.emit('unread');
    expect([exits, early.code]).toEqual([[141], undefined]);
    early.forget();

    const late = listenForInterruption(io);
    const asked: string[] = [];
    late.finishWith(() => asked.push('finish'));
    signals.emit('unread');
    expect(late.bySignal).toBe(false);
    expect([exits, late.code, asked]).toEqual([[141], 141, ['finish']]);
    late.forget();
    expect(signals.eventNames()).toEqual([]);
  });
});
