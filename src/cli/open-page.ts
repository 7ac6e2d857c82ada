import { mkdir, open as openFile, readdir, rm, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { newToken, stateFolder } from '../live/token.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Milliseconds in which a browser has read the file that leads it to the page. */
const READ = 20_000;

/** Why there is no browser to open here, as a sentence; undefined where there may be one. */
export function noBrowserHere(env: Env, platform: NodeJS.Platform = process.platform): string | undefined {
  if (overSsh(env)) return 'this is an SSH session';
  const unix = platform !== 'win32' && platform !== 'darwin';
  const shown = env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME;
  return unix && !shown ? 'there is no display here' : undefined;
}

/** What to run on one's own machine to reach a page that is served at the other end of an SSH session; undefined elsewhere. */
export function forwarding(env: Env, port: number): string | undefined {
  if (!overSsh(env)) return undefined;
  // `client-address client-port server-address server-port`
  const address = env.SSH_CONNECTION?.split(' ')[2];
  const host = address === undefined || address === '' ? '<this machine>' : address;
  return `ssh -L ${port}:127.0.0.1:${port} ${env.USER ?? userInfo().username}@${host}`;
}

const overSsh = (env: Env) => Boolean(env.SSH_CONNECTION || env.SSH_TTY);

/**
 * Opens an address in the user's browser. What it carries must not be seen in the list of processes, so the browser is given a file that
 * only this user can read, which leads there and is soon removed.
 *
 * @throws Error when no browser can be started
 */
export async function openPage(url: string, env: Env, start: StartBrowser = startBrowser): Promise<void> {
  const folder = stateFolder(env);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeOld(folder);
  const file = join(folder, `open-${newToken()}.html`);
  const handle = await openFile(file, 'wx', 0o600);
  await handle.writeFile(leadingTo(url)).finally(() => handle.close());
  const remove = () => rm(file, { force: true });
  try {
    await start(pathToFileURL(file).href);
  } catch (error) {
    await remove();
    throw error;
  }
  setTimeout(remove, READ).unref();
}

/** Starts the user's browser with an address; resolves once it is started. */
export type StartBrowser = (address: string) => Promise<void>;

const startBrowser: StartBrowser = async address => {
  const { default: open } = await import('open');
  const browser = await open(address);
  browser.on('error', () => {});
};

/** Removes the files of processes that ended before their browser had read them. */
async function removeOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^open-[0-9a-f]+\.html$/.test(name)) continue;
    const file = join(folder, name);
    const age = await stat(file).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > 3 * READ) await rm(file, { force: true });
  }
}

/** Addresses of the page are made of letters, digits and `:/.#=&[]` alone, but for that everything is escaped. */
function leadingTo(url: string): string {
  const escaped = url.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
  return `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${escaped}">
<title>rxnn</title>
<p><a href="${escaped}">Open the study</a></p>
`;
}
