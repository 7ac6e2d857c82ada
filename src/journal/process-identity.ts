import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Which process of which machine; a number alone is given again when its process has gone. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** When it started, on a clock of its machine's own; where the system tells (Linux). */
  readonly started?: string | undefined;
  /** The run of the machine, from one start to the next; where the system tells. */
  readonly boot?: string | undefined;
  /** Within which the number is meant, as containers have their own; where the system tells. */
  readonly namespace?: string | undefined;
}

/** This process. */
export function thisProcess(): ProcessIdentity {
  const { pid } = process;
  return { pid, host: hostname(), started: startOf(pid), boot: boot(), namespace: namespace() };
}

/** Whether a process is certainly gone: not when it is of another machine or container, of which nobody here can tell. */
export function isGone({ pid, host, started, boot: of, namespace: within }: ProcessIdentity): boolean {
  if (host !== hostname()) return false;
  if (of !== boot()) return true;
  if (within !== namespace()) return false;
  return !exists(pid) || startOf(pid) !== started || hasEnded(pid);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is there, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether it is there only for its parent to ask how it ended, which the first process of a container may never do. */
const hasEnded = (pid: number): boolean => ['Z', 'X'].includes(statusOf(pid)?.[0] ?? '');

const startOf = (pid: number): string | undefined => statusOf(pid)?.[19];

/** The fields of /proc/<pid>/stat from the third on: its state, and as the 22nd its start. They stand behind a name in brackets that may hold anything. */
function statusOf(pid: number): readonly string[] | undefined {
  return attempt(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  });
}

const boot = () => attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());

const namespace = () => attempt(() => readlinkSync('/proc/self/ns/pid'));

function attempt<Result>(ask: () => Result): Result | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
