import { asyncScheduler, Observable } from 'rxjs';
import type { Feed } from './merge-freed.js';
import type { Gate } from './trial.js';

// As long as a training's slice.
const SLICE_MS = 8;

/** Streams that are merged in an order of their own, whatever the time that each takes. */
export interface TurnFeed<T> extends Omit<Feed<T>, 'next'> {
  /** As `Feed` has it; what the stream's trial has to say goes through the gate. */
  next(lane: number, gate: Gate): Observable<T> | 'later' | undefined;
  /** How many streams are open at a time: part of what the order depends on, as the number that compute is not. */
  readonly lanes: number;
  /** The lane that was heard last, before these streams were opened; the turn after its own is the first. */
  readonly last?: number | undefined;
  /** Streams that were open before, by lane: they are opened first, without a turn. */
  readonly reopened?: readonly number[] | undefined;
}

interface Lane {
  open: boolean;
  readonly heard: { readonly hear: () => boolean; readonly release: (() => void) | undefined }[];
  /** What is let go when the lane may compute. */
  readonly held: (() => void)[];
  /** It has decided to end, and is not torn down yet. */
  ending: boolean;
}

/**
 * `mergeFreed` with decisions in an order that depends on nothing but the streams: each of `lanes` places has its turn, round and round,
 * in which its stream is heard once (or, if it has none, given one); who computes faster waits. `parallel()` of the lanes, from
 * the one whose turn it is on, may compute meanwhile.
 */
export function takeTurns<T>(feed: TurnFeed<T>): Observable<T> {
  return new Observable<T>(subscriber => {
    const lanes = Array.from({ length: feed.lanes }, (): Lane => ({ open: false, heard: [], held: [], ending: false }));
    let turn = 0;
    let reopening = true;
    let idle = 0;
    let running = false;
    let waiting = false;
    let over = false;
    let sliceStart = asyncScheduler.now();

    const inWindow = (index: number) => (index - turn + lanes.length) % lanes.length < feed.parallel();
    const letGo = () => {
      if (reopening) return;
      for (const [index, lane] of lanes.entries()) {
        while (lane.held.length > 0 && inWindow(index)) lane.held.shift()?.();
      }
    };
    const gateOf = (index: number): Gate => {
      const lane = lanes[index] as Lane;
      const hold = (go: () => void) => {
        lane.held.push(go);
        letGo();
      };
      return {
        enter: hold,
        pass(hear, release) {
          lane.heard.push({ hear, release });
          run();
        },
      };
    };
    const start = (index: number): boolean => {
      const lane = lanes[index] as Lane;
      const stream = feed.next(index, gateOf(index));
      over = stream === undefined;
      if (stream === undefined || stream === 'later') return false;
      lane.open = true;
      lane.ending = false;
      subscriber.add(
        stream.subscribe({
          next: value => subscriber.next(value),
          error: error => subscriber.error(error),
          complete: () => {
            lane.open = false;
            lane.heard.length = 0;
            lane.held.length = 0;
            run();
          },
        }),
      );
      return true;
    };
    const pass = () => {
      turn = (turn + 1) % lanes.length;
      letGo();
    };
    /** One turn; whether there may be another one now. */
    const takeTurn = (): boolean => {
      const lane = lanes[turn] as Lane;
      if (!lane.open) {
        const index = turn;
        // First the next one's turn, so that who begins now does not compute beside too many others.
        turn = (turn + 1) % lanes.length;
        idle = start(index) ? 0 : idle + 1;
        letGo();
        return idle < lanes.length;
      }
      idle = 0;
      if (lane.ending) return false;
      const said = lane.heard.shift();
      if (said === undefined) return false;
      lane.ending = !said.hear();
      if (said.release !== undefined) lane.held.push(said.release);
      // Its place is taken anew in the same turn, as soon as it is free.
      if (!lane.ending && lane.open) pass();
      return true;
    };
    const resume = () => {
      waiting = false;
      sliceStart = asyncScheduler.now();
      run();
    };
    const run = () => {
      if (running || waiting) return;
      running = true;
      while (!subscriber.closed && takeTurn()) {
        if (asyncScheduler.now() - sliceStart < SLICE_MS) continue;
        waiting = true;
        subscriber.add(asyncScheduler.schedule(resume));
        break;
      }
      running = false;
      if (over && !waiting && lanes.every(({ open }) => !open)) subscriber.complete();
    };

    running = true;
    for (const index of feed.reopened ?? []) start(index);
    running = false;
    reopening = false;
    const { last } = feed;
    // A lane that has lost its stream has it replaced in the same turn.
    if (last !== undefined) turn = lanes[last]?.open === true ? (last + 1) % lanes.length : last;
    letGo();
    subscriber.add(
      feed.nudge$?.subscribe(() => {
        idle = 0;
        letGo();
        run();
      }),
    );
    run();
  });
}
