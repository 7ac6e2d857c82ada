/** What the live server allows, and its rhythms; the defaults suit a person's own machine. */
export interface LiveLimits {
  /** Milliseconds between two frames to a client while events pour in; 50 (20 a second), as with more a report is not seen within 0.1 s. */
  readonly flushEvery: number;
  /** The same for each client, if they are many together; 10, so that a hundred are told once a second. */
  readonly flushEveryForEach: number;
  /** A client whose socket holds more bytes than this is sent nothing until it has read them; 1 MiB. */
  readonly lag: number;
  /** Bytes of events in one frame, at least one event; 256 KiB. */
  readonly frame: number;
  /** Clients at once; 256. */
  readonly clients: number;
  /** Connections at once that are no clients, or not yet: of more, the one that has waited longest for its request is cut off; 256, so that all clients may come at the same moment. */
  readonly requests: number;
  /** Milliseconds between pings; one that has not answered by the next is cut off; 30,000. */
  readonly pingEvery: number;
  /** Milliseconds in which a client must say `resume`; 10,000. */
  readonly resumeWithin: number;
  /** Milliseconds in which a request must be whole, however slowly its bytes come; 10,000. */
  readonly requestWithin: number;
  /** Milliseconds that `close` waits in all for clients to read what is left and to hang up; 2,000. */
  readonly closeWithin: number;
  /** Milliseconds between two messages about the load; 1,000. */
  readonly loadEvery: number;
  /** Milliseconds between two lists of studies to a client; 1,000. */
  readonly listEvery: number;
  /** Milliseconds after which a stored study is given up that nobody looks at any more; 60,000. */
  readonly idle: number;
}

/** The limits where none are stated. */
export const defaultLimits: LiveLimits = {
  flushEvery: 50,
  flushEveryForEach: 10,
  lag: 1024 * 1024,
  frame: 256 * 1024,
  clients: 256,
  requests: 256,
  pingEvery: 30_000,
  resumeWithin: 10_000,
  requestWithin: 10_000,
  closeWithin: 2_000,
  loadEvery: 1_000,
  listEvery: 1_000,
  idle: 60_000,
};
