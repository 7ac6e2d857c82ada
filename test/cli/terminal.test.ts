import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bin, execute, folder, search } from './rxnn.js';

let home: Awaited<ReturnType<typeof folder>>;

beforeAll(async () => {
  home = await folder({
    'search.json': search({ epochs: 40 }),
    'long.json': search({ trials: 500, epochs: 5000, batchSize: 45 }),
  });
});
afterAll(() => home.remove());

/** Runs a shell command with a terminal of 80 columns and 24 rows; everything it wrote there is in `stdout`. */
async function atTerminal(command: string, env: Record<string, string> = {}, during?: (screen: string) => void) {
  const shell = `stty cols 80 rows 24; ${command}; echo "code $?"`;
  const args = process.platform === 'darwin' ? ['-q', '/dev/null', 'sh', '-c', shell] : ['-qec', shell, '/dev/null'];
  const { stdout } = await execute('script', args, {
    cwd: home.path,
    env: { TERM: 'xterm', NO_COLOR: '', ...env },
    during: (_child, _stderr, screen) => during?.(screen),
  });
  return stdout.replaceAll('\r\n', '\n');
}

const rxnn = `"${process.execPath}" "${bin}"`;
const esc = '\u001b';
const colors = new RegExp(`${esc}\\[[0-9;]*m`, 'g');

/** What was drawn, frame by frame. */
const frames = (screen: string): string[][] =>
  screen
    .split(`${esc}[?2026h`)
    .slice(1)
    .map(frame => (frame.split(`${esc}[?2026l`)[0] ?? '').replaceAll(`${esc}[K`, '').replace(colors, '').split('\n'));

describe('at a terminal', () => {
  it('a study is drawn in place within 80 columns, and then gives way to the summary', async () => {
    const screen = await atTerminal(`${rxnn} tune search.json`);
    const drawn = frames(screen);
    expect(drawn.length).toBeGreaterThan(0);
    for (const line of drawn.flat())
      expect(line.replace(new RegExp(`${esc}\\[[?0-9]*[a-zA-Z]`, 'g'), '').length).toBeLessThanOrEqual(81);
    expect(drawn.at(-1)?.join('\n')).toMatch(
      /points {2}minimize valLoss · random[\s\S]*trials {3}[█░]+ {2}\d of 4 done[\s\S]*best [\s\S]*running/,
    );
    const [, after = ''] = screen.split(`${esc}[?25h`);
    expect(after.replace(colors, '')).toMatch(/^points: 4 trials in [\s\S]*best: valLoss [\s\S]*\ncode 0\n$/);
  });

  it('NO_COLOR is respected', async () => {
    expect((await atTerminal(`${rxnn} tune search.json`, { NO_COLOR: '1' })).match(colors)).toBeNull();
    expect((await atTerminal(`${rxnn} devices`)).match(colors)).not.toBeNull();
  });

  it('Ctrl-C finishes, gives the cursor back, prints the summary and ends with 130', async () => {
    let sent = false;
    const screen = await atTerminal(`sh -c 'echo $$ > pid; exec ${rxnn} tune long.json'`, {}, drawn => {
      if (sent || !drawn.includes('running')) return;
      sent = true;
      process.kill(Number(readFileSync(join(home.path, 'pid'), 'utf8')), 'SIGINT');
    });
    expect(screen).toContain('interrupted: finishing');
    const after = screen.slice(screen.lastIndexOf(`${esc}[?25h`)).replace(colors, '');
    expect(after).toMatch(/points: interrupted after \d+ trials? in [\s\S]*\ncode 130\n$/);
  });

  it('a training is drawn in place, too', async () => {
    const tune = `${rxnn} tune search.json --out best.json > /dev/null 2>&1`;
    // Long enough for a second frame on any machine.
    const best = await atTerminal(`${tune}; ${rxnn} train best.json --epochs 5000`);
    expect(frames(best).at(-1)?.join('\n')).toMatch(
      /points {2}2 → \d+ → 2, \d+ parameters · \w+[\s\S]*epoch[\s\S]*valAccuracy/,
    );
    expect(best).toMatch(/points.*: 5,000 epochs in [\s\S]*valLoss[\s\S]*code 0\n$/);
  });

  it('the live page of a study that nobody watches does not keep the program up', async () => {
    const screen = await atTerminal(`${rxnn} tune search.json --live`, { XDG_STATE_HOME: join(home.path, 'state') });
    expect(screen).toContain('live: http://127.0.0.1:');
    expect(screen).toMatch(/code 0\n$/);
  });
});
