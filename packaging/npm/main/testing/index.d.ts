/** A length of time such as "120ms" or "1m 10s". */
export type Time = string;

/** The settings of a VM: what `imds-emulator config default` lists, as an object. */
export interface Settings {
  profile?: 'azure' | 'azure-2017' | 'azure-identity-5' | 'azure-charging' | 'unlimited';
  limits?: Record<string, unknown>;
  latency?: { token_cold?: unknown; token_warm?: unknown; other?: unknown };
  /** Left out: a hundred identities for `Imds.identity`. */
  identities?: Array<{ name: string; client_id: string; resources?: string[]; [key: string]: unknown }>;
  faults?: Fault[];
  [key: string]: unknown;
}

/** One `[[faults]]` table of the configuration. */
export interface Fault {
  name?: string;
  effect?: Record<string, unknown>;
  preset?: string;
  next?: number;
  from?: Time;
  lasts?: Time;
  identity?: string;
  resource?: string;
  [key: string]: unknown;
}

/** What /verify says; `broken` counts by rule. */
export interface Verdict {
  clean: boolean;
  requests: number;
  clients: number;
  broken: Record<string, number>;
  findings: Array<{ rule: string; message: string; requests: number[] }>;
  [key: string]: unknown;
}

/** One request, as docs/administration.md describes it. */
export interface Entry {
  seq: number;
  at_ms: number;
  method: string;
  path: string;
  query: string;
  outcome: { verdict: string | null; status: number | null; [key: string]: unknown };
  [key: string]: unknown;
}

/** A VM. While it is there, this process's variables lead clients to it. */
export interface Imds extends AsyncDisposable {
  /** http://HOST:PORT of IMDS. */
  readonly endpoint: string;
  /** This VM's part of the administration port. */
  readonly admin: string;
  readonly name: string;
  /** The client id of an identity that no test of this process had: its token is in no cache. */
  identity(): string;
  /** Injects a fault, or a preset by its name ("update", "restart", …). */
  fault(fault: Fault | string): Promise<unknown>;
  clearFaults(): Promise<void>;
  limits(limits: Record<string, unknown>): Promise<unknown>;
  verify(): Promise<Verdict>;
  tally(): Promise<Record<string, any>>;
  journal(): Promise<Entry[]>;
  /** As if this VM had never been asked; the SDK's tokens are forgotten, too. */
  reset(): Promise<void>;
  /** Ends the VM and brings back the variables. Ends with the test where its context was given. */
  stop(): Promise<void>;
}

/** The context of a test of node:test (`after`) or of vitest (`onTestFinished`). */
export type TestContext =
  | { after(ends: () => unknown): unknown }
  | { onTestFinished(ends: () => unknown): unknown };

/** A VM of its own for a test. Tests that run at the same time in one process share one VM instead: see `identity`. */
export function startImds(settings?: Settings, t?: TestContext): Promise<Imds>;

/** Runs `body` with a VM of its own, which ends with it. */
export function withImds<T>(settings: Settings, body: (imds: Imds) => Promise<T> | T): Promise<T>;

/** A fixture for vitest: `const test = base.extend({ imds: imdsFixture() })`. */
export function imdsFixture(settings?: Settings): (context: {}, use: (imds: Imds) => Promise<void>) => Promise<void>;

/**
 * Which program is started, and with which further arguments of `serve`, before the first start. Left out: the
 * variable IMDS_EMULATOR, the platform's package, PATH.
 */
export function useEmulator(options: { binary?: string; arguments?: string[] }): void;
