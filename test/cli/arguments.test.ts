import { describe, expect, it } from 'vitest';
import { describeError, exitCodeOf } from '../../src/cli/exit-code.js';
import { run } from '../../src/cli/main.js';
import { DeviceError, InputError } from '../../src/errors.js';
import { fakeIo } from './fake-io.js';

async function rxnn(...args: string[]) {
  const { io, stdout, stderr } = fakeIo();
  return { code: await run(args, io), stdout: stdout.text(), stderr: stderr.text() };
}

describe('arguments that are wrong', () => {
  it.each([
    [['tuna'], 'rxnn: unknown command "tuna" (did you mean "tune"?)'],
    [['tune'], 'rxnn: missing required argument "search.json"'],
    [['tune', 'a', 'b'], 'rxnn: too many arguments for "tune". Expected 1 argument but got 2.'],
    [['tune', 'a', '--trails', '3'], 'rxnn: unknown option "--trails" (did you mean "--trials"?)'],
    [['tune', 'a', '--port'], 'rxnn: option "--port <number>" argument missing'],
    [['tune', 'a', '--trials', '0'], 'rxnn: --trials: expected a whole number from 1 up, got "0"'],
    [['tune', 'a', '--time', 'soon'], 'rxnn: --time: expected a duration such as 90s, 10m or 1h30m, got "soon"'],
    [['tune', 'a', '--parallel', '0'], 'rxnn: --parallel: expected a whole number from 1 up, got "0"'],
    [
      ['train', 'a', '--device', 'gpu'],
      'rxnn: --device: no device "gpu" (did you mean "cpu"?); there are auto, webgpu, webgl2, simd, webasm, cpu',
    ],
    [['predict', 'model'], 'rxnn: missing required argument "data.csv"'],
    [['predict', 'm', 'd', '--format', 'xml'], 'rxnn: --format: expected csv or json, got "xml"'],
  ])('rxnn %j: one sentence, exit code 2, nothing on stdout', async (args, sentence) => {
    expect(await rxnn(...args)).toEqual({ code: 2, stdout: '', stderr: `${sentence}\n` });
  });

  it('none at all print the help on stderr, with exit code 2', async () => {
    const { code, stdout, stderr } = await rxnn();
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: rxnn');
  });
});

describe('help', () => {
  it('goes to stdout, names every command, and ends with 0', async () => {
    const { code, stdout, stderr } = await rxnn('--help');
    expect([code, stderr]).toEqual([0, '']);
    for (const command of ['tune', 'train', 'predict', 'devices']) expect(stdout).toContain(`  ${command}`);
  });

  it.each(['tune', 'train', 'predict', 'devices'])('of %s fits 80 columns', async command => {
    const { code, stdout } = await rxnn(command, '--help');
    expect(code).toBe(0);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('has a version', async () => {
    expect(await rxnn('--version')).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    });
  });
});

describe('errors', () => {
  it('are one sentence behind the program’s name, with file and path', () => {
    const error = new InputError('no column "digt" (did you mean "digit"?)', {
      file: 'search.json',
      path: 'data.target',
    });
    expect(describeError(error, false)).toBe(
      'rxnn: search.json: data.target: no column "digt" (did you mean "digit"?)',
    );
    expect(describeError(new Error('two\n  lines'), false)).toBe('rxnn: two lines');
    expect(describeError('thrown text', false)).toBe('rxnn: thrown text');
  });

  it('have their stack, and those of their causes, only with --debug', () => {
    const error = new Error('outer', { cause: new Error('inner') });
    expect(describeError(error, true)).toMatch(/^rxnn: outer\nError: outer\n {4}at [\s\S]+\nError: inner\n {4}at /);
  });

  it('end with 2 when the input is wrong and with 1 when something fails', () => {
    expect(exitCodeOf(new InputError('wrong'))).toBe(2);
    expect(exitCodeOf(new DeviceError('no GPU'))).toBe(1);
    expect(exitCodeOf('anything')).toBe(1);
  });
});
