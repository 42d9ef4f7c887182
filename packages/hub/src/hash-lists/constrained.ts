// Updates for receivers that take only so many entries at once, or keep only so many: what they have in between is a state
// of its own, which its version names in full, so that nothing is remembered here and the next update starts from it.
//
//   list, at most N entries ─► the lowest N of it                                          VERSION | n
//   more than U changes ─► removals first, then additions, U at a time, of one list to    VERSION | n | OLDER | m | done
//                          another; the newest one comes after that                        (numbers u32, big-endian)
//
// Pure. A version that names no such state is as good as none: the receiver gets the list from its beginning.
import type { HashListUpdate } from 'tocsin/lists/hash-list-update.ts';
import { updateBetween, wholeUpdate } from 'tocsin/lists/hash-list-update.ts';
import type { HashSet } from 'tocsin/lists/hash-set.ts';
import { countOf, emptySet, union, walkSets, without } from 'tocsin/lists/hash-set.ts';
import { toHex } from 'tocsin/protocol/hex.ts';

/** Entries; Infinity where there is no limit. */
export interface SizeConstraints {
  /** Additions and removals of one update. */
  readonly update: number;
  /** What the receiver has after it. */
  readonly database: number;
}

export const NO_CONSTRAINTS: SizeConstraints = { update: Infinity, database: Infinity };

/** The lowest `count` hashes of a version of a list (hex). */
interface Cut {
  readonly version: string;
  readonly count: number;
}

/** Between two of them: so many changes are done. */
export interface ListState {
  readonly goal: Cut;
  readonly origin: Cut | null;
  readonly done: number;
}

export const VERSION_BYTES = 16;
const CUT_BYTES = VERSION_BYTES + 4;
const BETWEEN_BYTES = 2 * CUT_BYTES + 4;

/** Null for bytes that can be no state. */
export function parseState(bytes: Uint8Array): ListState | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = (at: number): string => toHex(bytes.subarray(at, at + VERSION_BYTES));
  const cut = (at: number): Cut => ({ version: version(at), count: view.getUint32(at + VERSION_BYTES) });
  switch (bytes.length) {
    case VERSION_BYTES:
      return { goal: { version: version(0), count: Infinity }, origin: null, done: 0 };
    case CUT_BYTES:
      return { goal: cut(0), origin: null, done: 0 };
    case BETWEEN_BYTES:
      return { goal: cut(0), origin: cut(CUT_BYTES), done: view.getUint32(2 * CUT_BYTES) };
    default:
      return null;
  }
}

/** The version of a state; that of the list itself where the state is all of it. */
function formatState({ goal, origin, done }: ListState, whole: number): Uint8Array {
  const bytes = Buffer.alloc(BETWEEN_BYTES);
  const put = ({ version, count }: Cut, at: number): number => {
    bytes.write(version, at, 'hex');
    return bytes.writeUInt32BE(count, at + VERSION_BYTES);
  };
  let end = put(goal, 0);
  if (origin !== null) end = bytes.writeUInt32BE(done, put(origin, end));
  else if (goal.count === whole) end = VERSION_BYTES;
  return new Uint8Array(bytes.subarray(0, end));
}

export interface ConstrainedUpdate {
  readonly update: HashListUpdate;
  /** What the receiver has after it. */
  readonly version: Uint8Array;
  /** True where it then has all that it may have of the newest list. */
  readonly complete: boolean;
}

/** `setOf` gives a kept version of the list, or null. That of `newest` must be there. */
export function constrainedUpdate(
  have: ListState | null,
  newest: string,
  setOf: (version: string) => HashSet | null,
  { update: most, database }: SizeConstraints,
): ConstrainedUpdate {
  const list = setOf(newest)!;
  const place = have === null ? null : placeOf(have, setOf);
  const newGoal: Cut = { version: newest, count: Math.min(countOf(list), database) };
  if (place !== null && countOf(place.now) <= database && place.goal.count <= database) {
    const onTheWay = place.done < place.changes;
    const next = onTheWay
      ? place
      : startOf(place.goal, place.now, newGoal, firstOf(list, newGoal.count), countOf(list));
    // Where all of it is less than what is left to do, all of it comes.
    if (next.changes - next.done <= most || next.goal.count > most) return advance(next, newest, most);
  }
  return fromNothing(list, newGoal, most);
}

/** The beginning of the list, all of it where that is allowed. */
function fromNothing(list: HashSet, goal: Cut, most: number): ConstrainedUpdate {
  const count = Math.min(goal.count, most);
  return {
    update: wholeUpdate(firstOf(list, count)),
    version: formatState({ goal: { ...goal, count }, origin: null, done: 0 }, countOf(list)),
    complete: count === goal.count,
  };
}

/** On the way from one set to another: `done` of `changes` were told, and gave `now`. */
interface Place {
  readonly goal: Cut;
  readonly goalSet: HashSet;
  /** How many hashes the version of the goal has in all. */
  readonly whole: number;
  readonly origin: Cut;
  readonly originSet: HashSet;
  readonly changes: number;
  readonly done: number;
  readonly now: HashSet;
}

function startOf(origin: Cut, originSet: HashSet, goal: Cut, goalSet: HashSet, whole: number): Place {
  const { gone, come } = differenceOf(originSet, goalSet);
  const changes = countOf(gone) + countOf(come);
  return { goal, goalSet, whole, origin, originSet, changes, done: 0, now: originSet };
}

/** Null where the state is none of these sets. */
function placeOf(state: ListState, setOf: (version: string) => HashSet | null): Place | null {
  const goalWhole = setOf(state.goal.version);
  if (goalWhole === null) return null;
  const whole = countOf(goalWhole);
  const goal = { ...state.goal, count: Math.min(state.goal.count, whole) };
  if (state.goal.count !== Infinity && state.goal.count > whole) return null;
  const goalSet = firstOf(goalWhole, goal.count);
  if (state.origin === null)
    return { goal, goalSet, whole, origin: goal, originSet: goalSet, changes: 0, done: 0, now: goalSet };
  const originWhole = setOf(state.origin.version);
  if (originWhole === null || state.origin.count > countOf(originWhole)) return null;
  const place = startOf(state.origin, firstOf(originWhole, state.origin.count), goal, goalSet, whole);
  return state.done > place.changes ? null : { ...place, done: state.done, now: after(place, state.done) };
}

function advance(place: Place, newest: string, most: number): ConstrainedUpdate {
  const done = Math.min(place.changes, place.done + most);
  const arrived = done === place.changes;
  const next = arrived ? place.goalSet : after(place, done);
  const { goal, origin, whole } = place;
  return {
    update: updateBetween(place.now, next),
    version: formatState({ goal, origin: arrived ? null : origin, done }, whole),
    complete: arrived && goal.version === newest,
  };
}

/** The origin after so many changes: what goes first, then what comes, each in order. */
function after({ originSet, goalSet }: Place, done: number): HashSet {
  const { gone, come } = differenceOf(originSet, goalSet);
  const removed = Math.min(done, countOf(gone));
  return union(without(originSet, firstOf(gone, removed)), firstOf(come, done - removed));
}

function differenceOf(old: HashSet, next: HashSet): { readonly gone: HashSet; readonly come: HashSet } {
  const [gone, come] = [picker(old), picker(next)];
  walkSets(old, next, { old: gone.take, next: come.take });
  return { gone: gone.finish(), come: come.finish() };
}

/** Takes hashes of a set by their place in bytes. */
function picker({ size, bytes }: HashSet): { take(at: number): void; finish(): HashSet } {
  const parts = new Uint8Array(bytes.length);
  let used = 0;
  return {
    take(at) {
      for (let i = 0; i < size; i++) parts[used + i] = bytes[at + i]!;
      used += size;
    },
    finish: () => (used === 0 ? emptySet(size) : { size, bytes: parts.slice(0, used) }),
  };
}

function firstOf({ size, bytes }: HashSet, count: number): HashSet {
  return { size, bytes: bytes.subarray(0, count * size) };
}
