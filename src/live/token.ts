import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, link, lstat, mkdir, open, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The form of a token: 128 bits or more in hexadecimal digits. */
export const tokenForm = /^[0-9a-f]{32,128}$/;

/** The tokens of a server's rights; nobody has the right to control where it has no token. */
export interface Tokens {
  readonly token: string;
  readonly controlToken?: string | undefined;
}

/** A new token of 128 random bits, as 32 hexadecimal digits. */
export function newToken(): string {
  return randomBytes(16).toString('hex');
}

/** Whether two tokens are equal, in a time that does not depend on where they differ, nor on their lengths. */
export function sameToken(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/**
 * The user's own token, so that a page finds its way back to a server that was restarted on the same port: kept in
 * `$XDG_STATE_HOME/rxnn/live-token` (`~/.local/state` by default), readable by the user only, and made at its first use; that of the
 * right to control beside it in `control-token`. Where it cannot be kept, or where others could have read it, it is a new one.
 */
export async function userToken(
  env: Readonly<Record<string, string | undefined>> = process.env,
  of: 'live' | 'control' = 'live',
): Promise<string> {
  const folder = stateFolder(env);
  const file = join(folder, `${of}-token`);
  try {
    const kept = await keptToken(file);
    if (kept !== undefined) return kept;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Only what is there and unfit: what another process has just put there is taken.
    if (await exists(file)) await rm(file);
    return await keepToken(file);
  } catch {
    return newToken();
  }
}

/** Where what belongs to the user and to no project is kept: `$XDG_STATE_HOME/rxnn`, `~/.local/state/rxnn` by default. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const base = env.XDG_STATE_HOME;
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.local', 'state'), 'rxnn');
}

const exists = async (file: string) => (await lstat(file).catch(() => undefined)) !== undefined;

async function keptToken(file: string): Promise<string | undefined> {
  const stat = await lstat(file).catch(() => undefined);
  const readByOthers = process.platform !== 'win32' && stat !== undefined && (stat.mode & 0o077) !== 0;
  if (!stat?.isFile() || readByOthers) return undefined;
  const token = (await readFile(file, 'utf8')).trim();
  return tokenForm.test(token) ? token : undefined;
}

/** Writes a new token beside the file and links it into place, so that of two processes at once the second takes the first's. */
async function keepToken(file: string): Promise<string> {
  const token = newToken();
  const draft = `${file}.${newToken()}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${token}\n`);
    await handle.close();
    await chmod(draft, 0o600);
    await link(draft, file);
    return token;
  } catch (error) {
    const other = await keptToken(file);
    if (other !== undefined) return other;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
