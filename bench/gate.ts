// `bench gate`: how many messages about objects pass the gate in a second, on one core: each is judged item by item
// against consent, edition and type, and written as the JSON that is sealed later. Beside it JSON.stringify alone,
// which checks nothing, and a compiled TypeBox schema with JSON.stringify, which checks types and knows no consent.
import { ITEMS, itemOf, messageOf } from 'tocsin/catalog/catalog.ts';
import type { Consent } from 'tocsin/catalog/consent.ts';
import { acceptedList, parseAcceptedList } from 'tocsin/catalog/fingerprint.ts';
import type { Candidate } from 'tocsin/catalog/gate.ts';
import { gateMessage } from 'tocsin/catalog/gate.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { Compile } from 'typebox/compile';
import { GATE_BENCH, GATE_GOALS } from './config.ts';
import { schemaOf } from './gate-schema.ts';
import type { Bench, BenchContext, BenchResult } from './goals.ts';
import { atLeast } from './goals.ts';
import { median } from './table.ts';

export const gateBench: Bench = {
  describe: 'messages about objects through the gate in a second, on one core',
  run: runGateBench,
};

/** A message as some machine makes it, by the items that are there. */
interface Shape {
  readonly name: string;
  readonly message: string;
  readonly items: readonly string[];
}

const FILE = ['object.sha256', 'object.md5', 'object.size', 'object.kind', 'object.format', 'object.is_pe'];
const PLACE = ['object.name', 'object.path', 'object.directory', 'object.created_at', 'object.modified_at'];
const PROGRAM = ['object.entropy', 'object.executable_attributes', 'object.packers', 'object.autorun'];
const STATISTICS = [...FILE, ...PLACE, ...PROGRAM, 'object.runs', 'object.verdict', 'object.ask_result'];

const SHAPES: readonly Shape[] = [
  { name: 'a program of a Linux machine', message: 'object-statistics', items: STATISTICS },
  {
    name: 'a detection, short list',
    message: 'detection',
    items: [
      'object.threat_name',
      'object.sha256',
      'object.checksum',
      'software.databases_id',
      'software.product',
      'software.components',
      'environment.operating_systems',
    ],
  },
  {
    name: 'every item there is of a program',
    message: 'object-statistics',
    items: allOf('object-statistics'),
  },
];

function allOf(message: string): readonly string[] {
  return messageOf(message)!.items.filter((id) => id.startsWith('object.'));
}

const CONSENT: Consent = {
  level: 'extended',
  edition: 'virtual',
  regime: 'opt-in',
  accepted: parseAcceptedList(acceptedList(ITEMS))!,
  termsAccepted: true,
  sequence: 1,
};

/** Different digests, sizes and names, as of different files; the other items by their examples. */
function candidates({ message, items }: Shape): readonly Candidate[] {
  const reason = Object.keys(messageOf(message)!.reasons)[0]!;
  return Array.from({ length: GATE_BENCH.different }, (_, i) => ({
    message,
    reason,
    items: Object.fromEntries(items.map((id) => [id, exampleOf(id, i)])),
  }));
}

function exampleOf(id: string, i: number): unknown {
  switch (id) {
    case 'object.sha256':
      return i.toString(16).padStart(64, '9f86d081884c7d65');
    case 'object.size':
      return 1_000 + i;
    default:
      return itemOf(id)!.example;
  }
}

type Pass = (candidate: Candidate) => number;

function throughGate(today: string): Pass {
  return (candidate) => {
    const decision = gateMessage(candidate, CONSENT, today);
    if (decision.kind === 'withheld' || decision.withheld.length > 0)
      throw new TocsinError('corrupt', 'Cannot trust the run: the gate withheld what it should let out');
    return decision.message.json.length;
  };
}

function throughSchema(shape: Shape): Pass {
  const check = Compile(schemaOf(shape.items.map((id) => itemOf(id)!)));
  return (candidate) => {
    if (!check.Check(candidate.items))
      throw new TocsinError('corrupt', 'Cannot trust the run: the schema refused what is of its types');
    return JSON.stringify(candidate).length;
  };
}

async function runGateBench({ quick, signal, say }: BenchContext): Promise<BenchResult> {
  const today = new Date().toISOString().slice(0, 10);
  const rounds = GATE_BENCH.rounds[quick ? 'quick' : 'full'];
  const rows: (string | number)[][] = [];
  let goal: number | null = null;
  for (const shape of SHAPES) {
    say(`${shape.name}: ${shape.items.length} items`);
    const messages = candidates(shape);
    const passes: Record<string, Pass> = {
      gate: throughGate(today),
      'TypeBox and JSON.stringify': throughSchema(shape),
      'JSON.stringify alone': (candidate) => JSON.stringify(candidate).length,
    };
    const rates: Record<string, number[]> = {};
    for (let round = 0; round <= rounds; round++)
      for (const [name, pass] of Object.entries(passes)) {
        signal.throwIfAborted();
        const rate = measure(messages, pass);
        if (round > 0) rates[name] = [...(rates[name] ?? []), rate]; // the first round compiles
        await new Promise(setImmediate);
      }
    for (const [name, each] of Object.entries(rates))
      rows.push([shape.name, shape.items.length, name, Math.round(median(each))]);
    goal ??= median(rates['gate']!);
  }
  return {
    tables: [
      { title: 'Messages a second, one core', columns: ['message', 'items', 'by', 'messages/s'], rows },
    ],
    notes: [`The goal is for '${SHAPES[0]!.name}': what a scanned Linux program has.`],
    goals: { messages_per_s: atLeast(goal, GATE_GOALS.messagesPerSecond) },
  };
}

/** Messages a second in one stretch. */
function measure(messages: readonly Candidate[], pass: Pass): number {
  const started = performance.now();
  let passed = 0;
  let bytes = 0;
  while (passed < GATE_BENCH.messagesPerRound)
    for (const message of messages) {
      bytes += pass(message);
      passed++;
    }
  if (bytes === 0) throw new TocsinError('corrupt', 'Cannot trust the run: nothing was written');
  return passed / ((performance.now() - started) / 1000);
}
