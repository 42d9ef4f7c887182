// German texts of what receiving shows, of receipts, alarm and erasure.

export const CONNECTION_DE: Readonly<Record<string, string>> = {
  'connection.machine_id':
    'eine Zufallszahl, die beim Hub für diesen Rechner steht; sie steht in seinem Zertifikat, zusammen mit der öffentlichen Hälfte eines Schlüssels, den der Rechner sich selbst gemacht hat, und weder sein Name noch der seines Besitzers oder seines Netzes steht darin',
  'connection.address':
    'Netzadresse und Port, von denen aus der Rechner seinen Hub erreicht; ohne sie kommt keine Verbindung zustande, und der Hub schreibt sie nicht auf',
  'connection.time':
    'wann jede Verbindung begann und, durch ihr Ende, wie lange sie dauerte: wer angerufen wird, weiß, wann',
  'connection.lists':
    'Namen und Versionen der Listen und Schlüsseldokumente, die der Rechner abholt oder schon hat, damit nur Neues übertragen wird',
  'connection.join_secret':
    'einmal, beim Beitritt: das Geheimnis des Beitrittscodes, den eine Person eingegeben hat, als Nachweis, dass dieser Rechner eingeladen war; der Hub behält davon nur die Prüfsumme, bis der Code endet',
  'connection.policy_sequence': 'die Nummer der Richtlinie, die auf dem Rechner gilt, als deren Bestätigung',
  'connection.consent_record':
    'der unterschriebene Nachweis einer Entscheidung über die Teilnahme: welche Stufe, welche Erklärung (über deren SHA-256), wann, nach welchen Regeln, und die beiden Entscheidungen über Weitergabe und gewerbliche Nutzung; der Hub zeichnet ihn gegen und gibt ihn als Beleg zurück',
  'connection.erasure_scope': 'was der Hub von den Daten löschen soll, die von diesem Rechner gekommen sind',
  'connection.erasure_until':
    'die laufende Nummer der letzten Nachricht, die von der Löschung eines Teils erfasst ist: keine frühere darf verspätet ankommen und bleiben',
  'connection.alarm_code':
    'was der Selbstschutz an den Einstellungen gefunden hat, die sagen, was wohin gesendet wird; weder die Einstellungen selbst noch, wer sie verändert hat',
  'connection.alarm_at': 'wann der Selbstschutz es gefunden hat',
  'message.connection.title': 'Was das Empfangen selbst zeigt',
  'message.connection.reason.join': 'der Rechner tritt einem Hub bei',
  'message.connection.reason.lists':
    'der Rechner holt Listen, Schlüsseldokumente oder das Geheimnis ab, mit dem WLANs darin gesucht werden, oder fragt, ob es neue gibt',
  'message.connection.reason.events': 'der Rechner wartet auf Neues von seinem Hub',
  'message.connection.reason.renewal': 'das Zertifikat des Rechners wird erneuert',
  'message.connection.reason.policy': 'eine Richtlinie oder Erklärung wird abgeholt und bestätigt',
  'message.connection.reason.consent':
    'der Rechner fragt, welche seiner Entscheidungen der Hub als neueste kennt, bevor irgendetwas anderes hinausgeht: eine Kopie eines älteren Zustands darf nicht senden, was seither widerrufen wurde',
  'message.connection.when':
    'immer wenn ein Programm von Tocsin mit dem Hub spricht: während `tocsin join` oder `tocsin sync` läuft (der Dienst auf dem Rechner ist `tocsin sync --follow`), wenn `tocsin check` oder eine Suche ohne `--offline` beginnt, und wenn etwas anderes aus dieser Liste gesendet wird',
  'message.connection.service':
    'alles, was vom Hub kommt; Listen lassen sich weiterhin von Hand, von einem Spiegel oder als Paket einspielen',
  'message.consent-receipt-request.title': 'Der Nachweis einer Entscheidung über die Teilnahme',
  'message.consent-receipt-request.reason.given':
    'der Teilnahme, der Weitergabe oder der gewerblichen Nutzung wurde zugestimmt, oder die Zustimmung wurde erweitert',
  'message.consent-receipt-request.reason.narrowed':
    'die Teilnahme, die Weitergabe oder die gewerbliche Nutzung wurde eingeschränkt',
  'message.consent-receipt-request.reason.withdrawn': 'die Teilnahme wurde ausgeschaltet',
  'message.consent-receipt-request.when':
    'einmal für jede solche Entscheidung, bis der Hub sie gegengezeichnet hat',
  'message.consent-receipt-request.service': 'der gegengezeichnete Beleg einer Entscheidung',
  'message.tamper-alarm.title': 'Der Alarm des Selbstschutzes',
  'message.tamper-alarm.reason.settings':
    'die Einstellungen, die sagen, was wohin gesendet wird, wurden verändert, durch ältere ersetzt, sind unlesbar oder fehlen',
  'message.tamper-alarm.reason.switched-off': 'der Selbstschutz wurde ausgeschaltet',
  'message.tamper-alarm.reason.cloned': 'der Rechner ist die Kopie eines anderen, der beigetreten war',
  'message.tamper-alarm.when': 'sobald es gefunden wird und der Hub erreichbar ist; jeder Befund einmal',
  'message.tamper-alarm.service':
    'Warnungen an den Betreiber, dass die Einstellungen eines Rechners manipuliert wurden',
  'message.erasure-request.title': 'Die Bitte um Löschung',
  'message.erasure-request.reason.withdrawn': 'die Einwilligung wurde widerrufen',
  'message.erasure-request.reason.asked': 'eine Person verlangt es, ohne die Einwilligung zu widerrufen',
  'message.erasure-request.reason.left':
    'Tocsin wird vom Rechner entfernt, oder der Rechner verlässt seinen Hub',
  'message.erasure-request.when': 'sofort, und wieder, bis der Hub es mit Unterschrift bestätigt hat',
  'message.erasure-request.service': 'die Löschung dessen, was von diesem Rechner zum Hub gekommen ist',
};
