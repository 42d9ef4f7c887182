// Items about judged web addresses: phishing, trackers, where a request ended and what was decided.
// The address itself and its referrer are items of the short list (lookup.ts); no content of a page is here.
import { item } from '../item.ts';
import { OBJECT, OF_A_PERSON, planned } from './object-common.ts';

const WEB = { ...OBJECT, purposes: ['web-protection'] } as const;

export const OBJECT_WEB_ITEMS = [
  item({
    ...WEB,
    id: 'object.phishing_confidence',
    type: { kind: 'integer', min: 0, max: 100, unit: 'percent' },
    what: 'how sure the rules are that the address is phishing, from 0 to 100',
    statement: ['object.phishing_confidence'],
    difference: 'how sure, on a fixed scale; object.phishing_weight is the sum of points before that scale',
    collector: planned(
      'calibrated score of the phishing rules over address and page in the web check of the agent',
    ),
    example: 97,
  }),
  item({
    ...WEB,
    id: 'object.phishing_weight',
    type: { kind: 'integer', min: 0, max: 10_000, unit: 'points' },
    what: 'the sum of the points of all phishing rules that matched; it shows the makers of rules how far from the threshold a page was',
    statement: ['object.phishing_weight'],
    difference:
      'raw points without an upper end of meaning; object.phishing_confidence is the probability made from them',
    collector: planned('sum of the weights of matched phishing rules in the web check of the agent'),
    example: 412,
  }),
  item({
    ...WEB,
    ...OF_A_PERSON,
    id: 'object.phishing_target',
    type: { kind: 'text', max: 128 },
    what: 'the organisation that the phishing page imitates, by its name in the published rules; it may hint at where the person is a customer',
    statement: ['object.phishing_target'],
    collector: planned('target named by the matched phishing rule'),
    example: 'Example Bank',
  }),
  item({
    ...WEB,
    ...OF_A_PERSON,
    id: 'object.tracker_category',
    type: {
      kind: 'choice',
      values: [
        'advertising',
        'audience-measurement',
        'fingerprinting',
        'session-recording',
        'social',
        'other',
      ],
    },
    what: "for what the tracker watches people, in the classes among which a person chooses in Tocsin's settings",
    statement: ['object.tracker_category'],
    difference: 'the class; object.tracker_name is the service',
    collector: planned(
      'class of the tracker list entry that matched the host of a third-party request in the web check of the agent',
    ),
    example: 'advertising',
  }),
  item({
    ...WEB,
    ...OF_A_PERSON,
    id: 'object.tracker_name',
    type: { kind: 'text', max: 128 },
    what: "the tracker's name in the published tracker list; not the page on which it was met",
    statement: ['object.tracker_name'],
    collector: planned(
      'name of the tracker list entry that matched the host of a third-party request in the web check of the agent',
    ),
    example: 'Example Analytics',
  }),
  item({
    ...WEB,
    ...OF_A_PERSON,
    sensitivity: 'content',
    id: 'object.web_service_address',
    type: { kind: 'url', max: 2048 },
    what: 'where the request really ended after all redirects: scheme, host or IP address, port and path; user, password, fragment and the values of query parameters are cut',
    transform: 'url-without-secrets',
    statement: ['object.web_service_address'],
    difference: 'the end of the redirects; object.url is the address that was judged',
    collector: planned(
      'request line and Host of the last request of the redirect chain in the web check of the agent',
    ),
    example: 'https://login.example.net/session?next=',
  }),
  item({
    ...WEB,
    ...OF_A_PERSON,
    id: 'object.web_service_ipv4',
    type: { kind: 'ipv4' },
    what: 'the IPv4 address of the server to which the judged connection went',
    statement: ['object.web_service_ipv4'],
    difference: 'of a detection; the web_access item is of an access that was held up or failed',
    collector: planned(
      'getpeername(2) of the outgoing socket of the web check of the agent, or the nf_conntrack netlink event',
    ),
    example: '203.0.113.80',
  }),
  item({
    ...WEB,
    ...OF_A_PERSON,
    id: 'object.web_service_ipv6',
    type: { kind: 'ipv6' },
    what: 'the IPv6 address of the server to which the judged connection went',
    statement: ['object.web_service_ipv6'],
    difference: 'of a detection; the web_access item is of an access that was held up or failed',
    collector: planned(
      'getpeername(2) of the outgoing socket of the web check of the agent, or the nf_conntrack netlink event',
    ),
    example: '2001:db8::50',
  }),
  item({
    ...WEB,
    ...OF_A_PERSON,
    id: 'object.blocking_mask',
    type: { kind: 'text', max: 13, pattern: 'm[0-9a-f]{12}' },
    what: 'a short name of the address pattern that blocked the request, made from the SHA-256 of its text. The hub knows the patterns of its lists and so can tell which it was; a pattern that a person added on this machine is never named',
    statement: ['object.blocking_mask_md5'],
    collector: planned(
      'first 6 bytes of SHA-256 over the canonical text of the matched list entry, only for entries from published lists',
    ),
    example: 'm5b1c0e7f93a2',
  }),
  item({
    ...WEB,
    ...OF_A_PERSON,
    id: 'object.url_decision',
    type: {
      kind: 'choice',
      values: ['allowed', 'warned', 'blocked', 'went-back', 'went-on', 'always-allowed'],
    },
    what: 'what became of the request for the judged address: let through, warned, blocked, or, after a warning, what the person chose',
    purposes: ['web-protection', 'false-alarm-recall'],
    statement: ['object.url_decision_type'],
    collector: planned('decision of the web check of the agent, and the button chosen on its warning page'),
    example: 'warned',
  }),
] as const;
