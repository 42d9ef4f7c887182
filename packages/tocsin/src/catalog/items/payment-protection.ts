// Data about the protected browser that is offered for payment sites. It tells at which bank or shop somebody
// pays: so it is never sent at standard participation, and the address is stripped of whatever follows the page.
import { ALL_EDITIONS, COMMON, item } from '../item.ts';

const PAYMENT = {
  ...COMMON,
  purposes: ['payment-protection'],
  sensitivity: 'interaction',
  personal: true,
  participation: 'extended',
  editions: ALL_EDITIONS,
  owner: 'detection',
  retentionDays: 30,
} as const;

export const PAYMENT_PROTECTION_ITEMS = [
  item({
    ...PAYMENT,
    id: 'payment.url',
    type: { kind: 'url', max: 2048 },
    what: 'web address of the payment site for which a protected browser was offered, opened or refused; user, password, fragment and the values of query parameters are cut off, and nothing typed into the page is part of it',
    sensitivity: 'highly-sensitive',
    transform: 'url-without-secrets',
    statement: ['safe_money.url'],
    difference:
      'of a payment site; object.url is of a detection, web_access.url of an access that was held up',
    collector: {
      state: 'planned',
      reads:
        'web check on the local socket (POST /v1/check of the browser extension), where the verdict has category payment',
    },
    example: 'https://bank.example/login',
  }),
  item({
    ...PAYMENT,
    id: 'payment.referrer',
    type: { kind: 'url', max: 2048 },
    what: 'web address of the page whose link led to that payment site, cut in the same way; missing where the site was opened directly',
    purposes: ['payment-protection', 'web-protection'],
    sensitivity: 'highly-sensitive',
    transform: 'url-without-secrets',
    statement: ['safe_money.referrer'],
    difference:
      'of a payment site; object.referrer is of a detection, web_access.referrer of an access that was held up',
    collector: {
      state: 'planned',
      reads:
        'originUrl (else initiator) of webRequest.onBeforeRequest, handed over by the browser extension with the web check',
    },
    example: 'https://shop.example/checkout',
  }),
  item({
    ...PAYMENT,
    id: 'payment.listed',
    type: { kind: 'flag' },
    what: 'whether the address stands in the list of payment sites that the machine holds; if not, the person added it',
    statement: ['safe_money.url_in_database'],
    collector: {
      state: 'planned',
      reads: 'answer of the lists on this machine (lists/list-set.ts): verdict of category payment or none',
    },
    example: true,
  }),
  item({
    ...PAYMENT,
    id: 'payment.launch_choice',
    type: { kind: 'choice', values: ['protected-browser', 'same-browser', 'cancelled', 'not-asked'] },
    what: 'where the site was opened after the offer: in the protected browser, in the browser in use, not at all, or without an offer',
    statement: ['safe_money.launch_location_choice'],
    difference: 'what happened this time; payment.start_mode is the rule that was in force',
    collector: {
      state: 'planned',
      reads:
        'answer to the offer, sent by the browser extension on the local socket (POST /v1/payment-choice)',
    },
    example: 'protected-browser',
  }),
  item({
    ...PAYMENT,
    id: 'payment.choice_remembered',
    type: { kind: 'flag' },
    what: 'whether the person had that choice kept for later visits of the site',
    statement: ['safe_money.choice_remembered'],
    collector: {
      state: 'planned',
      reads: 'field remember of POST /v1/payment-choice on the local socket',
    },
    example: false,
  }),
  item({
    ...PAYMENT,
    id: 'payment.start_mode',
    type: { kind: 'choice', values: ['ask', 'always', 'never'] },
    what: 'the rule in force for this site: ask each time, always open it protected, or never',
    statement: ['safe_money.start_mode'],
    difference:
      'the rule; payment.launch_choice is what happened, payment.rule_change how the rule came to change',
    collector: {
      state: 'planned',
      reads: "paymentSites[].mode of Tocsin's signed settings file, else paymentDefault",
    },
    example: 'ask',
  }),
  item({
    ...PAYMENT,
    id: 'payment.rule_change',
    type: { kind: 'choice', values: ['added', 'mode-changed', 'removed', 'none'] },
    what: "what the person did with the site's entry in the settings: added it, changed its rule, removed it, or nothing",
    statement: ['safe_money.url_actions_in_settings'],
    collector: {
      state: 'planned',
      reads:
        "difference of paymentSites[] between the old and the new version of Tocsin's signed settings file",
    },
    example: 'added',
  }),
] as const;
