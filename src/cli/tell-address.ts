import type { LiveServer } from '../live/server.js';
import type { Io } from './io.js';
import { forwarding, noBrowserHere, openPage, type StartBrowser } from './open-page.js';

/**
 * Says where a page is that reads, and where it controls; how to reach it over SSH; and opens the browser if that was asked for, or says why
 * not.
 */
export async function tellAddress(
  { url, port, controlToken }: Pick<LiveServer, 'url' | 'port' | 'controlToken'>,
  { open }: { readonly open?: true | undefined },
  { stderr, env }: Pick<Io, 'stderr' | 'env'>,
  start?: StartBrowser,
): Promise<void> {
  const controlling = controlToken === undefined ? undefined : `${url}&control=${controlToken}`;
  stderr.write(`live: ${url}\n`);
  if (controlling !== undefined) stderr.write(`control: ${controlling}\n`);
  const forward = forwarding(env, port);
  if (forward !== undefined) stderr.write(`over SSH, run this on your own machine first: ${forward}\n`);
  if (open !== true) return;
  const why = noBrowserHere(env);
  if (why !== undefined) return void stderr.write(`no browser is opened: ${why}\n`);
  await openPage(controlling ?? url, env, start).catch(error =>
    stderr.write(`no browser is opened: ${(error as Error).message}\n`),
  );
}
