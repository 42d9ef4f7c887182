// Which sections the two documents have, in their order. What stands in them: sections/.
import type { View } from './context.ts';
import type { Document } from './document.ts';
import { numbered } from './document.ts';
import { changesSection, choicesSection } from './sections/choices.ts';
import {
  contentSection,
  itemsSection,
  messagesSection,
  purposesSection,
  staysSection,
  transformsSection,
} from './sections/data.ts';
import { newsSection, othersSection, questionsSection } from './sections/disclosure.ts';
import {
  backupsSection,
  destroySection,
  incidentsSection,
  personSection,
  policyChangesSection,
  policyKeptSection,
  policyShortSection,
  receivedSection,
  secureSection,
  storageSection,
} from './sections/privacy.ts';
import { keptSection, protectionSection } from './sections/protection.ts';
import {
  headFacts,
  levelsSection,
  ruleSection,
  shortSection,
  whoSection,
  whySection,
} from './sections/who.ts';

export const DOCUMENTS = ['statement', 'privacy-policy'] as const;
export type DocumentName = (typeof DOCUMENTS)[number];

const SECTIONS = {
  statement: [
    shortSection,
    whoSection,
    whySection,
    ruleSection,
    levelsSection,
    messagesSection,
    itemsSection,
    contentSection,
    staysSection,
    transformsSection,
    purposesSection,
    protectionSection,
    othersSection,
    keptSection,
    newsSection,
    questionsSection,
    choicesSection,
    changesSection,
  ],
  'privacy-policy': [
    policyShortSection,
    whoSection,
    ruleSection,
    receivedSection,
    purposesSection,
    storageSection,
    secureSection,
    policyKeptSection,
    destroySection,
    backupsSection,
    othersSection,
    personSection,
    incidentsSection,
    questionsSection,
    policyChangesSection,
  ],
} as const;

export function documentOf(name: DocumentName, view: View, version: string, date: string): Document {
  const { words } = view;
  return {
    language: words.language,
    title: words.say(name === 'statement' ? 'statement.title' : 'privacy.title'),
    facts: headFacts(view, version, date),
    sections: numbered(SECTIONS[name].map((section) => section(view))),
  };
}
