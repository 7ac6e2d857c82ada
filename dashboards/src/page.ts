import type { Answer, CurveAxis, Ended, Load, StudySummary } from '../../src/live/protocol.js';
import type { PlainReport, StudyEvent } from '../../src/tune/events.js';
import type { StudyCommand } from '../../src/tune/study-control.js';
import type { StudyState } from '../../src/tune/study-state.js';
import type { Curve } from './chart/curves-data.js';
import type { ConnectionState } from './connection.js';
import type { Field } from './fields.js';
import type { Findings } from './findings.js';
import type { Lens } from './lens.js';
import type { Link } from './link.js';
import type { Stopped } from './stopped.js';
import type { Theme } from './theme.js';
import type { Tooltip } from './tooltip.js';

/** Everything that the views draw. */
export interface Model {
  /** The fold over the study's events; the trials' `reports` are not kept (see `CurveSets`, `Details`). */
  readonly study: StudyState;
  /** The study's identity on the server. */
  readonly identity: string | null;
  readonly connection: ConnectionState;
  readonly findings: Findings;
  /** Names of the metrics seen, the objective first. */
  readonly metrics: readonly string[];
  /** Everything that trials have, for tables, filters and axes; the same array until the study or its metrics change. */
  readonly fields: readonly Field[];
  /** Set once the study's stream is over. */
  readonly ended: Ended | undefined;
  /** Set where nothing more comes of the study now, as its process is gone, or as it cannot be read. */
  readonly stopped: Stopped | undefined;
  /** The server's time, in milliseconds since 1970; in a replay the moment that is shown. */
  readonly now: number;
  readonly epochsPerSecond: number | undefined;
  /** Whether everything that was on the server at the greeting is here. */
  readonly caughtUp: boolean;
  readonly load: Load | undefined;
  /** How much was read of a study that its server, or a report, is still reading, from 0 to 1. */
  readonly reading: number | undefined;
  /** The studies on this server, as far as they are known. */
  readonly studies: readonly StudySummary[];
  /** Set while a moment of the past is shown. */
  readonly replay: { readonly from: number; readonly to: number; readonly playing: boolean } | undefined;
}

/** Numbers of the trials that changed since the last drawing, or `all`. */
export type Changed = ReadonlySet<number> | 'all';

/** A view draws a model, looking at what changed since it drew last; `all` at first, and after a change of the filter, the colours or the address. */
export type View = (model: Model, changed: Changed) => void;

/** One metric of all trials, which grows as reports come; empty until it is here. */
export interface CurveSet {
  get(trial: number): Curve | undefined;
  /** Numbers shown, all curves together. */
  points(): number;
  /** The greatest value on the axis. */
  last(): number;
  /** At most about so many of the values, evenly chosen. */
  sample(size: number, wanted: (trial: number) => boolean, from?: number, to?: number): number[];
  /** Whether everything that was on the server when it was asked for is here. */
  readonly complete: boolean;
  /** Grows with every change. */
  readonly version: number;
}

/** The curves that views ask for. */
export interface CurveSets {
  /** Asks the server at first; the views are drawn again when something comes. What no view has asked for in a while is dropped. */
  get(metric: string, by: CurveAxis): CurveSet;
}

/** All that is known of one trial. */
export interface TrialDetail {
  readonly events: readonly StudyEvent[];
  readonly reports: readonly PlainReport[];
}

/** Details of the trial that is looked at. */
export interface Details {
  /** Asks the server at first, and then follows the trial; one trial at a time. */
  get(trial: number): TrialDetail | undefined;
}

/** The right to control, if this page has it. */
export interface Steering {
  readonly allowed: boolean;
  /** Resolves with what the study answers; a lost connection is an answer, too. */
  send(command: StudyCommand): Promise<Answer>;
}

/** What all views share. */
export interface Page {
  readonly theme: () => Theme;
  readonly tooltip: Tooltip;
  readonly lens: Lens;
  readonly link: Link;
  readonly curves: CurveSets;
  readonly details: Details;
  readonly steering: Steering;
  /** Draws all views again with the next frame. */
  redraw(): void;
  /** Draws with the next frame what is not drawn yet. */
  touch(): void;
}

/** The places of the page, each a set of panels, of which one is open. */
export type PlaceName = 'overview' | 'parameters' | 'runs' | 'front' | 'trials' | 'trial' | 'study' | 'studies';

/** A panel of the page. */
export interface ViewSpec {
  /** Of the panel's element and in the style sheets. */
  readonly id: string;
  readonly title: string;
  readonly place: PlaceName;
  /** Whether it has anything to show; without it, it always has. */
  readonly when?: ((model: Model, page: Page) => boolean) | undefined;
  /** Makes the view once its place is opened for the first time; `tools` are beside the title. */
  readonly mount: (panel: Panel, page: Page) => View;
}

/** Where a view draws. */
export interface Panel {
  readonly section: HTMLElement;
  readonly body: HTMLElement;
  readonly tools: HTMLElement;
  /** A line beneath the body. */
  readonly note: HTMLElement;
}
