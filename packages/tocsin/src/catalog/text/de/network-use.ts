// German texts of the counters of network use.

export const NETWORK_USE_DE: Readonly<Record<string, string>> = {
  'network_use.service':
    'der Dienst des Hubs, um den es in den Zählern dieses Berichts geht, einer aus einer festen Liste',
  'network_use.protocol':
    'Version von HTTP über TLS 1.3, mit der dieser Dienst erreicht wurde, und ob unmittelbar oder über ein Relais; keine Adresse',
  'network_use.layout':
    'Nummer des Aufbaus dieses Berichts, damit Zähler älterer Programme nicht mit denen neuerer vermengt werden',
  'network_use.completeness':
    'Art des Berichts: ein voller Tag, vorzeitig gesendet oder das, was ein abgebrochener Lauf gespeichert hatte',
  'network_use.trigger':
    'was den Bericht auslöste: das Ende des Tages, viele Fehlschläge oder eine Mitteilung, mit der der Hub alle Rechner um einen bat',
  'network_use.started_at': 'wann das Zählen begann, in UTC, auf die Stunde abgerundet',
  'network_use.ended_at': 'wann das Zählen endete, in UTC, auf die Stunde abgerundet',
  'network_use.connections_opened':
    'wie viele Verbindungen neu begonnen wurden, ob sie zustande kamen oder nicht',
  'network_use.connections_made':
    'wie viele davon zustande kamen: der TLS-Handshake wurde beendet, und die Gegenstelle erwies sich als der bekannte Hub',
  'network_use.connections_failed': 'wie viele davon nicht zustande kamen, aus welchem Grund auch immer',
  'network_use.connections_reused':
    'wie oft eine Anfrage über eine Verbindung ging, die von einer früheren offen gehalten wurde',
  'network_use.connect_times':
    'wie lange es dauerte, bis Verbindungen standen, gezählt in neun festen Bereichen von unter 10 ms bis über 30 s; keine Tageszeiten',
  'network_use.connect_failure_times':
    'wie lange es dauerte, bis Verbindungen scheiterten, gezählt in denselben neun Bereichen; keine Tageszeiten',
  'network_use.requests_sent':
    'wie viele Anfragen insgesamt an den Dienst gestellt wurden, jeder Versuch gezählt',
  'network_use.answered_locally':
    'wie viele Fragen nach Objekten auf dem Rechner beantwortet wurden, durch eigene Entscheidungen der Person, Listen oder frühere Antworten, sodass keine Anfrage gestellt wurde',
  'network_use.requests_switched_off':
    'wie viele Anfragen unterblieben, weil eine Einstellung von Tocsin sie verbietet; solange die Teilnahme ausgeschaltet ist, wird nichts gezählt, sodass nichts aus dieser Zeit enthalten ist',
  'network_use.requests_unreachable':
    'wie viele Anfragen am Netz scheiterten: Name nicht gefunden, Verbindung abgelehnt, abgebrochen oder ohne Antwort',
  'network_use.requests_misrouted':
    'wie viele Anfragen ein Relais, einen Proxy oder einen Hub erreichten, die sie nicht an den Dienst weiterreichen konnten',
  'network_use.request_times':
    'wie lange beantwortete Anfragen dauerten, gezählt in neun festen Bereichen von unter 10 ms bis über 30 s; keine Tageszeiten',
  'network_use.timeout_times':
    'wie lange Anfragen gewartet hatten, als sie mangels Antwort aufgegeben wurden, gezählt in denselben neun Bereichen; keine Tageszeiten',
  'network_use.cancel_times':
    'wie lange Anfragen gelaufen waren, als der Rechner selbst sie abbrach, weil ihre Antwort nicht mehr gebraucht wurde, gezählt in denselben neun Bereichen; keine Tageszeiten',
  'network_use.error_codes':
    'wie oft jeder der Fehlercodes von Tocsin eine Anfrage beendete; nur Codes, kein Wortlaut von Fehlermeldungen',
  'network_use.transactions_done':
    'wie viele Fragen und Nachrichten zu einer endgültigen Antwort des Dienstes kamen, Wiederholungen nicht eigens gezählt',
  'network_use.transactions_failed':
    'wie viele Fragen und Nachrichten nach der letzten Wiederholung ohne endgültige Antwort aufgegeben wurden',
  'network_use.transaction_times':
    'wie lange es vom ersten Versuch bis zur endgültigen Antwort dauerte, Wiederholungen eingeschlossen, gezählt in neun festen Bereichen von unter 10 ms bis über 30 s; keine Tageszeiten',
  'network_use.transaction_failure_times':
    'wie lange es vom ersten Versuch bis zur Aufgabe dauerte, gezählt in denselben neun Bereichen; keine Tageszeiten',
  'network_use.buffer_times':
    'wie lange Nachrichten über Objekte auf dem Rechner warteten, bevor sie gesendet wurden, gezählt in acht festen Bereichen von unter einer Sekunde bis über eine Woche; weder welche Objekte noch wann',
  'network_use.decisions':
    'über wie viele Objekte jede Quelle entschied: eigene Entscheidungen der Person, Listen, frühere Antworten, Relais, Hub oder niemand; kein Objekt wird genannt',
  'network_use.detections':
    'wie viele Objekte als schädlich oder verdächtig erkannt wurden, nach Art des Objekts und Stufe des Urteils; kein Objekt, kein Name, keine Zeit',
  'network_use.records_hit':
    'welche Einträge der Listen am häufigsten etwas Schädliches gefunden haben, höchstens zwanzig, und wie oft jeder: Nummern von Einträgen, von denen die meisten für viele Objekte stehen; Einträge guter Objekte bleiben weg, weil sie zeigen würden, was installiert ist',

  'message.network-use-statistics.title':
    'Wie gut das Netz des Hubs erreichbar war und was es antwortete, in Summen',
  'message.network-use-statistics.reason.daily': 'ein Tag des Zählens ist zu Ende',
  'message.network-use-statistics.reason.failures':
    'mehr als hundert Anfragen an einen Dienst sind innerhalb einer Stunde fehlgeschlagen',
  'message.network-use-statistics.reason.hub-asked':
    'der Hub hat alle seine Rechner um ihre Zähler gebeten, zum Beispiel um einem Ausfall nachzugehen',
  'message.network-use-statistics.when':
    'einmal am Tag für jeden Dienst, der benutzt wurde, und vorzeitig aus einem der anderen Gründe; nicht für unbenutzte Dienste',
};
