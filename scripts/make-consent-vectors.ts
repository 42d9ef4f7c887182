// Makes spec/vectors/{consent,settings,policy,terms}/*.json anew: `node scripts/make-consent-vectors.ts`. Keys come
// from fixed numbers; ECDSA signatures are random, so texts differ from run to run and the answers do not. The
// examples in spec/{consent,settings,policy,terms}.md are put there by this script.
import { encodeRecord } from '../packages/tocsin/src/catalog/consent-record.ts';
import { encodeSettings } from '../packages/tocsin/src/catalog/settings.ts';
import { adoptionVectors, receipt, receiptText, receiptVectors } from './consent-vectors/exchange.ts';
import { policy, policyText, policyVectors, termsText, termsVectors } from './consent-vectors/hub-texts.ts';
import { plain, quote, shown, terms, write } from './consent-vectors/keys.ts';
import { first, logVectors, recordVectors } from './consent-vectors/records.ts';
import { settings, settingsText, settingsVectors } from './consent-vectors/settings.ts';

write('consent/records.json', recordVectors());
write('consent/log.json', logVectors());
write('consent/adoption.json', adoptionVectors());
write('consent/receipts.json', receiptVectors());
write('settings/settings.json', settingsVectors());
write('policy/policy.json', policyVectors());
write('terms/terms.json', termsVectors());
quote('consent.md', [shown(plain(encodeRecord(first.record))), first.text, shown(receipt), receiptText]);
quote('settings.md', [shown(plain(encodeSettings(settings))), settingsText]);
quote('policy.md', [shown(policy), policyText]);
quote('terms.md', [shown(terms), termsText]);
