// German texts about the protected browser for payment sites.

export const PAYMENT_PROTECTION_DE: Readonly<Record<string, string>> = {
  'payment.url':
    'Webadresse der Bezahlseite, für die ein geschützter Browser angeboten, geöffnet oder abgelehnt wurde; Benutzer, Passwort, Fragment und die Werte der Abfrageparameter werden entfernt, und nichts, was auf der Seite eingegeben wurde, gehört dazu',
  'payment.referrer':
    'Webadresse der Seite, deren Link zu dieser Bezahlseite führte, ebenso gekürzt; entfällt, wenn sie unmittelbar geöffnet wurde',
  'payment.listed':
    'ob die Adresse in der Liste der Bezahlseiten steht, die der Rechner hat; wenn nicht, hat die Person sie hinzugefügt',
  'payment.launch_choice':
    'wo die Seite nach dem Angebot geöffnet wurde: im geschützten Browser, im gerade benutzten, gar nicht oder ohne ein Angebot',
  'payment.choice_remembered':
    'ob sich die Person diese Wahl für spätere Besuche der Seite hat merken lassen',
  'payment.start_mode':
    'die Regel, die für diese Seite galt: jedes Mal fragen, immer geschützt öffnen oder nie',
  'payment.rule_change':
    'was die Person mit dem Eintrag der Seite in den Einstellungen getan hat: hinzugefügt, die Regel geändert, entfernt oder nichts',

  'message.payment-protection.title': 'Eine Bezahlseite und wie sie geöffnet wurde',
  'message.payment-protection.reason.offered':
    'für eine Bezahlseite wurde ein geschützter Browser angeboten, und die Person hat gewählt',
  'message.payment-protection.reason.opened-by-rule':
    'eine Regel der Person hat eine Bezahlseite ohne Rückfrage geöffnet',
  'message.payment-protection.reason.rule-changed':
    'die Person hat den Eintrag einer Seite in den Einstellungen geändert',
  'message.payment-protection.when':
    'bei einem solchen Ereignis; dieselbe Seite mit demselben Grund höchstens einmal am Tag',
};
