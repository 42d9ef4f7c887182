// German texts of what stands around every message that travels with the machine's number.

export const ENVELOPE_DE: Readonly<Record<string, string>> = {
  'envelope.sequence':
    'die laufende Nummer der Nachricht unter denen dieses Rechners, damit eine wiederholte nur einmal zählt',
  'envelope.epoch':
    'die Nummer des Ausgangsfachs, aus dem die Nachricht kommt: ein neues beginnt, wo das alte geleert wurde oder verloren ging',
  'envelope.consent':
    'die Nummer des neuesten Nachweises einer Entscheidung auf diesem Rechner, unter der die Nachricht gesendet wird',
  'envelope.edition': 'welche Datenliste für diesen Rechner gilt',
  'envelope.made_at': 'wann die Nachricht entstand, nach der Uhr des Rechners',
  'envelope.message': 'welche der Nachrichten der Erklärung es ist',
  'envelope.reason': 'aus welchem der angegebenen Gründe sie gesendet wird',
};
