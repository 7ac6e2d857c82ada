import { stat } from 'node:fs/promises';
import { firstValueFrom } from 'rxjs';
import { serveStudies } from '../live/serve-studies.js';
import { storedStudies } from '../live/stored-studies.js';
import { userToken } from '../live/token.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { studiesFolder, whichStudy } from './find-study.js';
import { codeOfSignal } from './interruption.js';
import { interrupts } from './interrupts.js';
import type { Io } from './io.js';
import { tellAddress } from './tell-address.js';

/** What `rxnn view` was asked. */
export interface ViewCommandOptions {
  readonly open?: true;
  readonly port?: number;
}

/** `rxnn view`: the page of a stored study, or of all studies in a folder, until Ctrl-C; those that run meanwhile are followed. */
export async function viewCommand(
  place: string | undefined,
  { open, port }: ViewCommandOptions,
  io: Io,
): Promise<ExitCode> {
  const shelf = await storedStudies(await toView(place, io.env));
  const token = await userToken(io.env);
  const controlToken = await userToken(io.env, 'control');
  const server = await serveStudies(shelf, { port, token, controlToken });
  try {
    await tellAddress(server, { open }, io);
    io.stderr.write('Ctrl-C to end\n');
    await firstValueFrom(interrupts(io.signals, signal => io.exit(codeOfSignal[signal]), io.clock));
  } finally {
    await server.close();
  }
  return exitCode.done;
}

/** A folder of studies as it is; anything else means one study. */
async function toView(place: string | undefined, env: Io['env']): Promise<string> {
  if (place === undefined) return studiesFolder(env);
  const about = await stat(place).catch(() => undefined);
  if (about?.isDirectory()) return place;
  return (await whichStudy(place, env)).file;
}
