// The Statement, fourth part: authorities, partners, research, helpers; news to people; questions and complaints.

export const DISCLOSURE_EN = {
  'others.title': 'Who else may learn of it',
  'authorities.title': 'Authorities and courts',
  'authorities.order':
    'The law can oblige the operator to hand over data: by the order of a court, of a prosecutor, of the police or of another authority. The operator follows an order that is in writing, comes from a body with the power to give it, and names what is wanted; hands over that and nothing beyond; and writes it down.',
  'authorities.other':
    'Without an order that happens only where the law permits it and it is needed: to avert a danger to life or health, or to pursue somebody who attacked the hub or its users or who breaks this Statement or a contract on its use.',
  'authorities.told': 'Whoever is concerned is told, as soon and as far as the law allows that.',
  'authorities.nothing':
    'What a hub does not have it cannot hand over: it keeps no questions, no addresses of machines, and nothing beyond the times named here.',

  'partners.title': 'Partners: two choices of their own',
  'partners.choices':
    'Beside the level there are two more choices, and each has a record of its own: `sharing` (may others receive data of this machine) and `commercial` (may it be used to earn money). The level says nothing about them.',
  'partners.default-opt-in': 'Both are no here until somebody says yes.',
  'partners.default-opt-out':
    'Both count as yes here from the moment at which participation is switched on, until somebody says no; before the first use you are told who receives what.',
  'partners.no':
    'No means: data of this machine is in no export to a partner and in no figure that is published. With participation `off` nothing is processed for either, whatever was chosen.',
  'partners.first':
    'Before data of this machine goes to a partner for the first time, the program shows who receives what and for which purpose, and that you can say no.',
  'partners.named':
    'The operator names these partners; a new one makes new terms, which have to be accepted:',
  'partners.none': 'The operator names no partner: nobody receives anything under these two choices.',
  'partners.unknown': 'Who the partners are is said in the terms of a hub; none has been joined.',
  'partners.caption': 'Partners',
  'partners.partner': 'Partner',
  'partners.country': 'Country',
  'partners.purpose': 'Purpose',
  'partners.choice': 'Choice',

  'figures.title': 'Research and published figures',
  'figures.text':
    'Reports on how threats develop, and work with research institutes and other makers of protection, use sums and samples of harmful objects. They contain no machine and no person, and only data of machines that agreed to `sharing`.',

  'helpers.title': 'Those who work for the operator',
  'helpers.text':
    'Whoever houses or looks after the hub for the operator is bound by contract to the instructions of the operator and to secrecy, uses nothing for other ends, and works at the places named above.',

  'news.title': 'When the operator turns to you',
  'news.alerts':
    'Seldom there is news on which it depends whether a service goes on working for you: changed terms, an altered setting, an end. It appears in `tocsin status` and, for managed machines, at the console.',
  'news.contact':
    'By this program the operator learns no name, no mail address and no telephone number. Where they are known from elsewhere, they are used on account of this Statement only if a law or a legal dispute demands it, or if a contract on its use was broken. Never to advertise something.',

  'questions.title': 'Questions and complaints',
  'questions.text':
    'Ask about anything in this text, and complain where you think that it was not kept, at {contact}. Describe as exactly as you can what happened and when; the entries of `tocsin sent` help. The operator looks into it without delay and answers within a month.',
  'questions.no-contact':
    'The operator of the hub has given no contact for questions and complaints about this text.',
  'questions.none': 'Once a hub is joined, its contacts for questions and complaints stand here.',
  'questions.authority':
    'You can complain to a supervisory authority at any time, without asking the operator first: {authority}.',
  'questions.any-authority': 'the one where you live or work, or where you think that the law was broken',
} as const;
