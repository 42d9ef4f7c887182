// The one datum about the person at the machine. No name, number or other mark of an account is declared here.
import { ALL_EDITIONS, COMMON, item } from '../item.ts';

export const USER_ITEMS = [
  item({
    ...COMMON,
    id: 'user.actor_type',
    type: { kind: 'choice', values: ['administrator', 'ordinary', 'guest', 'service', 'policy', 'unknown'] },
    what: 'what sort of account kept, mended or ignored a weak security setting: one with administrator rights, an ordinary one, a guest, a service, or the policy of the hub; neither name nor number of the account',
    purposes: ['settings-safety'],
    sensitivity: 'interaction',
    personal: true,
    participation: 'extended',
    editions: ALL_EDITIONS,
    owner: 'detection',
    statement: ['user.weak_setting_actor_type'],
    collector: {
      state: 'planned',
      reads:
        'SO_PEERCRED of the local socket on which the decision came, then getgrouplist(3): root, groups sudo, wheel or admin, user id below UID_MIN of /etc/login.defs',
    },
    example: 'ordinary',
  }),
] as const;
