// German texts of the group user.

export const USER_DE: Readonly<Record<string, string>> = {
  'user.actor_type':
    'was für ein Konto eine schwache Sicherheitseinstellung beibehalten, behoben oder übergangen hat: eines mit Verwaltungsrechten, ein gewöhnliches, ein Gastkonto, ein Dienst oder die Richtlinie des Hubs; weder Name noch Nummer des Kontos',
};
