// Everything of a running hub that has to do with what people at machines agreed to, opened as one:
//
//   settings ─► terms, signed ─► Statements, published ─► routes: terms, messages, consent, policy, history, public pages
//
// Holds nothing that a restart would lose.
import type { FastifyInstance } from 'fastify';
import type { Consent } from 'tocsin/catalog/consent.ts';
import type { Terms } from 'tocsin/catalog/terms.ts';
import { errorWords } from 'tocsin/protocol/errors.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { PostgresAccessStore } from './access/postgres-store.ts';
import { Intake } from './intake/intake.ts';
import { registerIntakeRoutes } from './intake/routes.ts';
import type { KeyRing } from './keys/store.ts';
import { registerHistoryRoute } from './lookup/history.ts';
import { HUB_POLICY_LIMITS } from './policy/config.ts';
import { renewPolicies } from './policy/policies.ts';
import { registerPolicyRoutes } from './policy/routes.ts';
import { PRIVACY_LIMITS } from './privacy/config.ts';
import { ConsentStates, editionOf } from './privacy/consent-state.ts';
import { participationOf } from './privacy/consent-store.ts';
import { keepAccepted } from './privacy/evidence.ts';
import { Library } from './privacy/library.ts';
import { reconsiderRetention, sweepRetention } from './privacy/retention.ts';
import { registerPrivacyRoutes } from './privacy/routes.ts';
import { CurrentTerms, publishTerms } from './privacy/terms.ts';
import type { TermsSettings } from './privacy/terms-settings.ts';
import { missingTerms, termsFrom } from './privacy/terms-settings.ts';
import { isCatalogPublished, publishDocuments } from './privacy/versions.ts';
import type { Database } from './store/database.ts';
import type { Layout } from './store/layout.ts';
import { explain } from './verdicts/explain.ts';

export interface ParticipationParts {
  readonly db: Database;
  readonly layout: Layout;
  readonly keys: KeyRing;
  readonly settings: TermsSettings;
  readonly world: World;
  readonly log: (line: string) => void;
}

export interface UpkeepTask {
  readonly what: string;
  readonly everyMs: number;
  work(): Promise<void>;
}

export interface Participation {
  readonly terms: CurrentTerms;
  /**
   * Keeps every text of Statement and privacy policy in force that is not kept yet, and what records name that an
   * earlier release could not render; they are shown before as well.
   * Takes seconds after a change, and what a kill leaves undone is done by the next call. Never rejects.
   */
  publish(): Promise<void>;
  /** Adds the routes, before the server listens. */
  register(app: FastifyInstance): void;
  /** What is to be done again and again while the hub runs. */
  readonly upkeep: readonly UpkeepTask[];
  close(): Promise<void>;
}

/** Signs new terms where the settings changed, durably on return. */
export async function openParticipation(parts: ParticipationParts): Promise<Participation> {
  const { db, keys, settings, world, log } = parts;
  const missing = missingTerms(settings);
  if (missing.length > 0)
    log(
      `the Statement cannot say who answers for the data: set ${missing.join(', ')} (see tocsin-hub --help), so that people know to whom they say yes`,
    );
  const { kind, signed } = await publishTerms({ db, keys, world, content: termsFrom(settings) });
  if (kind === 'changed') log(`the operator's terms have number ${signed.terms.number} now`);
  const terms = await CurrentTerms.open(db, keys);
  const unfollow = await terms.follow(log);
  const library = new Library({ db, keys, terms, world });
  const intake = new Intake({ db, keys, terms: () => terms.current, world });
  const stop = new AbortController();
  let published = Promise.resolve();
  return {
    terms,
    publish: () => {
      published = published.then(() => publish(parts, terms.current.terms, stop.signal));
      return published;
    },
    register: (app) => {
      registerPrivacyRoutes(app, terms, library);
      registerPolicyRoutes(app, db, new PostgresAccessStore(db));
      registerIntakeRoutes(app, intake, db);
      const consentsOf = consentsIn(db, terms);
      registerHistoryRoute(app, { consentsOf, explain: (key) => explain(parts, key), clock: world.clock });
    },
    upkeep: upkeepOf(parts, terms),
    close: async () => {
      stop.abort();
      await published;
      await unfollow();
    },
  };
}

/** What bounds the questions of a machine, by the newest choices that the hub knows; each call reads them anew. */
function consentsIn(db: Database, terms: CurrentTerms): (machineId: string) => Promise<readonly Consent[]> {
  const states = new ConsentStates();
  const machines = new PostgresAccessStore(db);
  return async (machineId) => {
    const records = await participationOf(db, machineId);
    const personal = (await machines.findMachine(machineId))?.marks.personal ?? true;
    const { current } = terms;
    const edition = editionOf(records) ?? current.terms.edition;
    return states.boundsOf({ records, terms: current, personal, edition });
  };
}

function upkeepOf(parts: ParticipationParts, terms: CurrentTerms): readonly UpkeepTask[] {
  const { db, world, log } = parts;
  return [
    {
      what: 'removing what is no longer kept',
      everyMs: PRIVACY_LIMITS.sweepMs,
      work: async () => {
        await sweepRetention({ db, terms: terms.current.terms, now: world.clock.now() });
      },
    },
    {
      what: 'signing policies anew',
      everyMs: HUB_POLICY_LIMITS.renewCheckMs,
      work: async () => {
        for (const group of await renewPolicies(parts, log))
          log(`the policy of group ${group} was signed anew`);
      },
    },
  ];
}

async function publish(parts: ParticipationParts, terms: Terms, signal: AbortSignal): Promise<void> {
  const { db, world, log } = parts;
  try {
    // Declarations of another catalog may let what is stored be kept for a shorter time.
    if (!(await isCatalogPublished(db))) await reconsiderRetention(db, world.clock.now());
    const added = await publishDocuments(db, terms, world, signal);
    if (added > 0) log(`${added} texts of Statement and privacy policy were published`);
    await keepAccepted(parts, signal);
  } catch (error) {
    log(`publishing the Statement failed: ${errorWords(error)}`);
  }
}
