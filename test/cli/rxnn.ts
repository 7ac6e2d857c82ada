import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const bin = fileURLToPath(new URL('../../bin/rxnn.js', import.meta.url));
export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line to its end; its studies are stored where nothing is yet, unless `cwd` or `env` say where. `during` gets the process and is told what it has written to stderr and stdout. */
export function rxnn(
  args: readonly string[],
  options: {
    cwd?: string;
    env?: Record<string, string>;
    during?: (child: ChildProcess, stderr: string, stdout: string) => void;
  } = {},
): Promise<Outcome> {
  const studies = mkdtempSync(join(tmpdir(), 'rxnn-studies-'));
  const env = { ...(options.cwd === undefined && { RXNN_STUDIES: studies }), ...options.env };
  return execute(process.execPath, [bin, ...args], { ...options, env }).finally(() => {
    rmSync(studies, { recursive: true, force: true });
  });
}

/** Runs a command to its end. */
export function execute(
  command: string,
  args: readonly string[],
  {
    cwd,
    env,
    during,
  }: {
    cwd?: string;
    env?: Record<string, string>;
    during?: (child: ChildProcess, stderr: string, stdout: string) => void;
  } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text;
      during?.(child, stderr, stdout);
    });
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text;
      during?.(child, stderr, stdout);
    });
    child.on('error', reject);
    child.on('close', code => resolve({ code, stdout, stderr }));
  });
}

/** A folder with a small data file and these files, and what takes it away. */
export async function folder(files: Record<string, unknown>): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'rxnn-cli-'));
  const all: Record<string, unknown> = { 'points.csv': points(), ...files };
  for (const [name, content] of Object.entries(all)) {
    await writeFile(join(path, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** 60 points in the square, inside or outside of a band. */
function points(): string {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const [x, y] = [((i * 37) % 60) / 60, ((i * 23 + 7) % 60) / 60];
    return `${x.toFixed(3)},${y.toFixed(3)},${x + y > 1 ? 'in' : 'out'}`;
  });
  return `x,y,where\n${rows.join('\n')}\n`;
}

/** A search file for the points, four short trials; changed as stated. */
export function search(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: 'points',
    data: { source: 'points.csv', target: 'where', split: { validation: 0.25, stratify: true, seed: 0 } },
    model: { layers: [{ dense: { units: { int: [2, 8] }, activation: 'tanh' } }] },
    loss: 'crossEntropy',
    optimizer: { adam: { learningRate: { float: [0.001, 0.1], log: true } } },
    batchSize: 15,
    epochs: 3,
    metrics: ['accuracy'],
    objective: { minimize: 'valLoss' },
    sampler: { random: { seed: 0 } },
    trials: 4,
    ...changes,
  };
}
