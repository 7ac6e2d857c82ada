import type { Observable } from 'rxjs';
import type { StudyEvent } from '../tune/events.js';
import type { CommandAnswer, StudyCommand } from '../tune/study-control.js';
import type { StudySummary } from './protocol.js';
import type { StudyTaker } from './study-piece.js';

/**
 * What a study's stream tells: its events, and of one that is stored
 * - `reading`: what was stored is being read, of which this share, from 0 to 1, is done; until `read` or `unreadable` clients are
 *   told nothing else, as half a study is not what it was;
 * - `read`: everything that was stored has been told;
 * - `unreadable`: why it cannot be read, until it is `reading` again;
 * - `restart`: it begins anew, because what is stored is not what it was.
 */
export type SourceEvent =
  | StudyEvent
  | { readonly type: 'read' | 'restart' }
  | { readonly type: 'reading'; readonly share?: number | undefined }
  | { readonly type: 'unreadable'; readonly problem: string };

/** Who takes commands: a `StudyControl`, or somebody who hands them on. */
export interface CommandTaker {
  /** @throws InputError, or rejects, when that cannot be done. */
  send(command: StudyCommand, by?: string): CommandAnswer | Promise<CommandAnswer>;
}

/** One of several studies that a server shows. */
export interface ShelvedStudy {
  /** In addresses; not used for another study of the shelf. */
  readonly key: string;
  readonly name: string;
  /**
   * All events from the first, then those that come. Subscribed to when somebody looks, and given up when nobody does for a while.
   *
   * @param into takes the next events of a large study in, many at once, in place of the stream, which is much quicker; who has them one by
   * one need not care
   */
  open(into?: StudyTaker): Observable<SourceEvent>;
  /** It runs here: it is opened at once, once, and never given up. */
  readonly live?: true | undefined;
  readonly control?: CommandTaker | undefined;
  /** The folder that it is stored in, for people. */
  readonly folder?: string | undefined;
  /** What is known of it while it is not open; while it is, or without this, what its events tell. */
  readonly summary?: Omit<StudySummary, 'key' | 'name' | 'folder'> | undefined;
}

/** The studies that a server shows. */
export interface Shelf {
  /** All of them, at once and whenever that changes; the first is the one at `/live`. */
  readonly studies$: Observable<readonly ShelvedStudy[]>;
}
