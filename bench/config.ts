// Sizes, repetitions, limits and goals of every bench, in one place. Goals are promises of the project: a
// change here is a change of the promise and needs its reason in docs/benchmarks.md.

/** What `tocsin scan` is measured on. */
export const SCAN_BENCH = {
  seed: 'tocsin-bench-scan',
  /** The tree of the first scan: a size mix like /usr (long tail), 1 GB in all. */
  tree: { files: 10_000, bytes: 1_000_000_000, filesPerDirectory: 20 },
  /** The tree of the second scan: small files, ten a directory as a whole Debian system has them. */
  manyFiles: { files: 200_000, bytes: 200_000_000, filesPerDirectory: 10 },
  /** Rows of the list that both sides load: random SHA-256, and some of the tree's own files among them. */
  listRows: 1_000_000,
  planted: 10,
  /** clamd takes part in the first rounds only: it is the slow one. */
  rounds: { full: 7, quick: 3 },
  clamdRounds: { full: 3, quick: 1 },
} as const;

export const SCAN_GOALS = {
  filesVsClamd: 2,
  bytesVsSha256sum: 3,
  rescanFilesPerSecond: 50_000,
  agentRssMb: 180,
} as const;

/** What `tocsin-hub import hashes` is measured on. */
export const IMPORT_BENCH = {
  seed: 'tocsin-bench-import',
  rows: 5_000_000,
  rounds: { full: 3, quick: 1 },
} as const;

export const IMPORT_GOALS = { rowsPerSecond: 300_000, rssMb: 600 } as const;

/** What the gate is measured on. */
export const GATE_BENCH = {
  /** Different messages, over and over. */
  different: 1_000,
  messagesPerRound: 200_000,
  rounds: { full: 9, quick: 3 },
} as const;

export const GATE_GOALS = { messagesPerSecond: 300_000 } as const;

/** What the index of digests is measured on. */
export const INDEX_BENCH = {
  objects: { full: 20_000_000, quick: 5_000_000 },
  asked: 2_000_000,
  /** Keys in one question, as in a packed look-up. */
  batch: 4_096,
  rounds: { full: 9, quick: 3 },
  drawnBytes: 2 ** 26,
  /** LMDB takes minutes for what the index takes seconds; it gets no faster with more of them. */
  lmdbObjects: { full: 2_000_000, quick: 500_000 },
  lmdbBatch: 100_000,
  lmdbAsked: 500_000,
  lmdbMapBytes: 8 * 2 ** 30,
  /** Rows of the segment that is loaded. */
  loaded: { full: 100_000_000, quick: 5_000_000 },
} as const;

/** How long look-ups stand still while lists change. */
export const PAUSE_BENCH = {
  /** Rows and classes of the base list. */
  bases: {
    full: [
      { rows: 1_000_000, classes: 1_000 },
      { rows: 1_000_000, classes: 1_000_000 },
      { rows: 20_000_000, classes: 1_000_000 },
    ],
    quick: [
      { rows: 1_000_000, classes: 1_000 },
      { rows: 1_000_000, classes: 1_000_000 },
    ],
  },
  /** Objects in one question; after it others have their turn. */
  keysATurn: 256,
  /** Rows and classes of what is said by single verdicts: few are taken in at once, more of them aside. */
  few: { rows: 4_000, classes: 4_000 },
  many: { rows: 100_000, classes: 10_000 },
  /** How often each is published. */
  changes: { few: 31, many: 11, base: 7 },
  settleMs: 50,
  quietMs: 50,
} as const;

export const INDEX_GOALS = {
  perSecond: 12e6,
  bytes: 16,
  densePerSecond: 8e6,
  denseBytes: 11,
  /** For 100 million objects; not measured with --quick. */
  loadSeconds: 30,
  pauseMs: 5,
} as const;

/** What look-ups over the wire are measured on. */
export const LOOKUP_BENCH = {
  seed: 'tocsin-bench-lookup',
  objects: { full: 5_000_000, quick: 1_000_000 },
  /** How many objects the hub holds in turn, to see what growing costs. */
  growth: { full: [1_000_000, 10_000_000, 100_000_000], quick: [1_000_000, 4_000_000] },
  /** Objects of another kind in the hub, which is asked about them first: an index of many is made before memory is read. */
  others: 2 ** 17,
  /** Room on the disk for an object while it is imported: the list, what it is sorted in, segment, original line, list file. */
  diskBytesPerObject: 256,
  /** Different objects that are asked for, half of them known: what they touch is more than a processor's cache. */
  asked: 2 ** 20,
  /** So many of them one by one. */
  singles: 2 ** 17,
  /** Objects in one request; the goals are those of the first, and of the second. */
  batches: [4_096, 100],
  /** Requests of each way whose answer is read before it is measured. */
  checked: 256,
  connections: 8,
  singleConnections: 32,
  outstandingQueries: 100,
  /** Machines that ask: a hub takes 64 MiB a second of each. */
  machines: 4,
  /** Threads of the hub that answer (it has one), and workers of nginx: equal cores on both sides. */
  serverThreads: 1,
  warmSeconds: 0.5,
  /** Of one contestant in one round, of which there is an odd number: the median counts. Many short ones, not few long. */
  seconds: 1,
  rounds: { full: 15, quick: 5 },
  /** wrk(1) counts its handshakes: it runs for longer, so that they count for little. */
  wrkSeconds: 3,
  /** A hub that used less than this share of a core, so many times in turn, is idle: its index is made. */
  idleCores: 0.05,
  idleMs: 500,
  idleTimes: 3,
  /** Before its memory is read: V8 gives back what it does not need when it has rested for 8 s. */
  restMs: 10_000,
  progressMs: 15_000,
} as const;

export const LOOKUP_GOALS = {
  batch: 3,
  batch100: 1,
  single: 0.5,
  bytes: 0.25,
  p99Ms: 2,
  growth: 1.3,
} as const;

/** What lists of hashes are measured on. */
export const LISTS_BENCH = {
  seed: 'tocsin-bench-lists',
  hashes: 1_000_000,
  /** Every so manieth hash is replaced by another one. */
  replaced: 100,
  /** The goals are those of the first. */
  sizes: [4, 8, 32],
  rounds: { full: 15, quick: 5 },
} as const;

export const LISTS_GOALS = {
  bytesPerMillion: 1_750_000,
  delta1pctBytes: 40_000,
  applyMs: 300,
  answeredLocally: 0.99,
} as const;

/** What the deltas between list files of machines are measured on. */
export const SEGMENT_DELTA_BENCH = {
  seed: 'tocsin-bench-segment-delta',
  rows: { full: 1_000_000, quick: 200_000 },
  /** Every so manieth row is replaced by another one. */
  replaced: 100,
  names: 500,
  rounds: { full: 5, quick: 2 },
} as const;

/** What is asked of a machine that has the list of its distribution. */
export const ANSWERED_BENCH = {
  packagesAtOnce: 40,
  /** With --quick only every so manieth package, and the files of these. */
  quickEvery: 30,
} as const;

/** What is installed in the system that debootstrap makes, beside the least; without it with --quick. */
export const BOOTSTRAP = {
  packages: [
    'cmake g++ gcc git make perl php-cli python3 python3-pip python3-numpy ruby',
    'apache2 bind9-dnsutils nginx openssh-client openssh-server postgresql-client sqlite3',
    'curl gnupg htop jq less man-db nano nmap rsync strace sudo tcpdump tmux vim wget zsh',
  ].flatMap((words) => words.split(' ')),
} as const;

export const BENCH_LIMITS = {
  /** A daemon that says nothing is given so long to listen. */
  settleMs: 500,
  /** One measured program may take this long before it counts as hung. */
  programMs: 30 * 60_000,
  /** A daemon must answer within this. */
  daemonStartMs: 60_000,
  askAgainMs: 20,
  /** A daemon asked to stop must be gone within this; after it, it is killed. */
  daemonStopMs: 20_000,
  /** How often the memory of a measured process is read. */
  sampleMs: 20,
  /** Load average above which the report says that the machine was busy with other things. */
  quietLoad: 0.7,
  /** The last words of a failing program that are kept for the report. */
  wordsBytes: 4_096,
} as const;

/** Parallel threads that the peers are given: the machine of the goals has two cores. */
export const PEER_THREADS = 2;
