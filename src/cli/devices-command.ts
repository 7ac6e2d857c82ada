import { type DeviceSurvey, surveyDevices } from '../kernels/survey-devices.js';
import { type ExitCode, exitCode } from './exit-code.js';
import type { Io } from './io.js';
import { lineWidth } from './line-width.js';
import { style, wantsColor } from './style.js';
import { table } from './table.js';
import { clean, wrap } from './text.js';

/** `rxnn devices`: every device on stdout, as a table or as JSON lines. */
export async function devicesCommand(options: { readonly json?: true }, { stdout, env }: Io): Promise<ExitCode> {
  const surveys = await surveyDevices();
  if (options.json === true) for (const survey of surveys) stdout.write(`${JSON.stringify(survey)}\n`);
  else {
    const lines = devicesTable(surveys, lineWidth(stdout, env), wantsColor(stdout, env));
    stdout.write(`${lines.join('\n')}\n`);
  }
  return exitCode.done;
}

/** The devices as lines: name, whether it runs, how fast, on what; and below, why the others do not. */
export function devicesTable(surveys: readonly DeviceSurvey[], width: number, color: boolean): string[] {
  const { dim, green, yellow } = style(color);
  const cells = (text: (survey: DeviceSurvey) => string) => surveys.map(survey => clean(text(survey)));
  const { heading, rows, notes } = table(
    [
      { title: 'device', cells: cells(({ name }) => name) },
      { title: 'runs', cells: cells(({ available }) => (available ? 'yes' : 'no')) },
      {
        title: 'speed',
        cells: cells(({ gflops }) => (gflops === undefined ? '–' : `${speed(gflops)} GFLOP/s`)),
        align: 'right',
      },
      { title: 'adapter', cells: cells(({ adapter }) => adapter ?? '–'), most: Math.max(20, width - 36) },
    ],
    width,
  );
  const reasons = surveys
    .filter(({ available }) => !available)
    .map(({ name, reason = 'no reason given' }) => clean(reason.startsWith(name) ? reason : `${name}: ${reason}`))
    .flatMap(sentence => wrap(sentence.split(' '), width - 2).map((line, i) => (i === 0 ? line : `  ${line}`)));
  return [
    dim(heading),
    ...rows.map((row, i) => (surveys[i]?.available === true ? green(row) : row)),
    ...notes.map(dim),
    ...(reasons.length > 0 ? ['', ...reasons.map(yellow)] : []),
  ];
}

function speed(gflops: number): string {
  return gflops.toFixed(gflops < 10 ? 1 : 0);
}
