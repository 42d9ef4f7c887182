// German words that the documents share: Stufen, Ausgaben, Zwecke, Verfahren, Gruppen, Beschriftungen.
import type { TERMS_EN } from '../en/terms.ts';

export const TERMS_DE: Readonly<Record<keyof typeof TERMS_EN, string>> = {
  'level.every': 'auf jeder Stufe, auch bei `off`',
  'level.from-standard': 'bei `standard` und `extended`',
  'level.from-extended': 'nur bei `extended`',

  'edition.basic':
    'Dateien, Webadressen, Netznutzung, WLAN, Schutz von Zahlungen und schwache Einstellungen, dazu ganze Objekte in einer Nachricht',
  'edition.plus': 'wie `basic` ohne ganze Objekte in einer Nachricht, dazu Geräte des Heimnetzes',
  'edition.premium': 'dieselben Angaben wie bei `plus`',
  'edition.virtual': 'für virtuelle Maschinen einer Gruppe: die Angaben aller anderen Ausgaben zusammen',

  'regime.opt-in': 'Opt-in: erst ein Ja, dann wird gesendet',
  'regime.opt-out': 'Opt-out: Widerspruch ist jederzeit möglich',

  'purpose.reputation': 'um zu beantworten, ob einem Objekt zu trauen ist',
  'purpose.threat-analysis':
    'um herauszufinden, was ein unbekanntes oder schädliches Objekt tut und woher es kommt',
  'purpose.web-protection': 'um schädliche, nachgeahmte und verfolgende Webadressen zu erkennen',
  'purpose.network-safety': 'um WLANs und andere Netze zu beurteilen, die der Rechner benutzt',
  'purpose.payment-protection': 'um Zahlungen zu schützen',
  'purpose.device-safety': 'um Geräte des Heimnetzes zu beurteilen',
  'purpose.settings-safety': 'um schwache oder veränderte Einstellungen zu finden und zu beheben',
  'purpose.service-quality': 'um zu sehen, ob die Dienste des Hubs schnell und überall antworten',
  'purpose.update-quality': 'um zu sehen, ob Aktualisierungen ankommen und nicht schaden',
  'purpose.false-alarm-recall': 'um falsche Urteile zurückzunehmen',
  'purpose.delivery':
    'um Nachrichten zuzustellen und zu beantworten, jede einmal, unter der getroffenen Entscheidung',

  'sensitivity.technical': 'technisch',
  'sensitivity.interaction': 'zeigt, wie der Rechner oder ein Programm benutzt wird',
  'sensitivity.content': 'kann enthalten, was jemand geschrieben oder benannt hat',
  'sensitivity.highly-sensitive': 'besonders heikel',
  'personal.yes': 'betrifft eine Person oder lässt sich mit einer verbinden',
  'personal.no': 'betrifft keine Person',

  'transform.none': 'unverändert',
  'transform.prefix': 'nur die führenden Bits einer Prüfsumme',
  'transform.bucket': 'gerundet oder in eine Klasse von Werten eingeordnet',
  'transform.hmac-machine':
    'nur als Kennmarke mit Schlüssel, HMAC-SHA-256 unter einem Geheimnis, das diesen Rechner nie verlässt',
  'transform.hmac-group':
    'nur als Kennmarke mit Schlüssel, HMAC-SHA-256 unter einem Geheimnis der Gruppe dieses Rechners',
  'transform.path-without-user': 'in Pfaden ohne die Namen von Benutzern',
  'transform.url-without-secrets': 'ohne Benutzernamen, Passwort, Sprungmarke und die Werte der Abfrage',
  'transform.vendor-part': 'nur der Teil, der einen Hersteller nennt',
  'transform.utc-hour': 'in UTC, auf die Stunde abgerundet',
  'transform.utc-second': 'in UTC, ohne die Zeitzone',
  'transform.sealed': 'mit dem Schlüssel des Hubs verschlüsselt, bevor es in den Kanal geht',

  'remark.prefix':
    'Eine ganze Prüfsumme würde verraten, welche Datei oder Adresse gemeint ist. Die wenigen Bits, die hinausgehen, haben viele bekannte Objekte gemeinsam; der Rechner sucht seines selbst aus der Antwort heraus.',
  'remark.bucket':
    'Genaue Größen, Zeiten und Stärken können einen Rechner von allen anderen unterscheiden. Eine Klasse von Werten genügt auch.',
  'remark.hmac-machine':
    'Anderswo werden solche Werte oft als gesalzene Prüfsumme gesendet. Von Geräte- und Netzadressen, Konten und Zugangsmarken gibt es aber so wenige, dass jeder, der das Salz kennt, eine solche Prüfsumme durch Probieren in Sekunden umkehrt. Eine Kennmarke mit Schlüssel lässt sich ohne das Geheimnis nicht umkehren, und das Geheimnis bleibt hier.',
  'remark.hmac-group':
    'Die Rechner einer Gruppe erkennen dasselbe Netz an derselben Kennmarke; anderen sagt sie nichts, weil das Geheimnis nur der Gruppe gehört. Wem es gegeben wird, der könnte Vermutungen prüfen.',
  'remark.path-without-user':
    'Wo eine Datei liegt, sagt viel über eine Bedrohung. Wem der Ordner gehört, sagt nichts; dort steht ein Platzhalter.',
  'remark.url-without-secrets':
    'In Abfragen und vor dem Rechnernamen steht oft ein Name, eine Suche oder ein Schlüssel. Um einen Angriff zu erkennen, genügen die Namen der Felder.',
  'remark.vendor-part':
    'Die ersten drei Bytes einer Geräteadresse nennen den Hersteller. Fünf ihrer sechs Bytes, wie andere sie senden, lassen 256 Geräte übrig: damit ist das eine so gut wie genannt.',
  'remark.utc-hour':
    'Ortszeiten würden die Zeitzone zeigen und Minuten die Gewohnheiten einer Person. Die Stunde in UTC genügt, um Ereignisse zu ordnen.',
  'remark.utc-second': 'Ortszeiten würden die Zeitzone zeigen und damit ungefähr den Ort. UTC genügt auch.',
  'remark.sealed':
    'Zwischenstellen und Platten auf dem Weg zu dem Teil des Hubs, der solche Inhalte untersucht, sehen nur Verschlüsseltes.',

  'group.connection': 'Was das Empfangen selbst zeigt, Belege, Alarm und Löschung',
  'group.envelope': 'Was jede Nachricht umgibt, die die Nummer des Rechners trägt',
  'group.lookup': 'Fragen',
  'group.object': 'Untersuchte und gefundene Objekte',
  'group.web_access': 'Zugriffe auf Webdienste',
  'group.network_use': 'Zähler der Netznutzung',
  'group.environment': 'Das System und seine Netzeinstellungen',
  'group.wifi': 'WLANs',
  'group.user': 'Wer gehandelt hat',
  'group.payment': 'Schutz von Zahlungen',
  'group.portal': 'Gescheiterte oder langsame Anfragen an den Hub',
  'group.software': 'Tocsin selbst',
  'group.device': 'Geräte und schwache Einstellungen',
  'group.submission': 'Dateien, Teile, Speicher und Tätigkeitsberichte',

  'attribution.attributed':
    'mit der Nummer dieses Rechners, von seinem Schlüssel unterschrieben und für den Hub verschlüsselt',
  'attribution.anonymous': 'als Frage in niemandes Namen, die nach der Antwort nicht aufgehoben wird',
  'attribution.connection': 'durch die Verbindung selbst, ohne eine eigene Nachricht',

  'label.version': 'Fassung',
  'label.date': 'Datum',
  'label.language': 'Sprache',
  'label.edition': 'Ausgabe',
  'label.jurisdiction': 'Rechtsraum',
  'label.rule': 'Regel',
  'label.operator': 'Betreiber',
  'label.form': 'Form',
  'label.purpose': 'Wozu',
  'label.nature': 'Art',
  'label.leaves': 'Geht hinaus',
  'label.kept': 'Aufgehoben',
  'label.messages': 'Gesendet in',
  'label.example': 'Beispiel',
  'label.name': 'Kennung',
  'label.manner': 'Wie',
  'label.levels': 'Stufen',
  'label.when': 'Wann',
  'label.limit': 'Höchstens',
  'label.items-standard': 'Angaben',
  'label.items-extended': 'Bei `extended` auch',
  'label.service': 'Nötig für',
  'label.contents': 'Inhalt',
  'label.skip': 'Zum Text springen',

  'language.name': 'Deutsch',
  'language.sha256': 'SHA-256 des obigen Textes: ',
  'language.sha256-plain': 'Fassung {version}; SHA-256 ihres Klartextes in der festgelegten Form:',
  'mark.planned': 'geplant: noch erzeugt es nichts',
  'value.yes': 'ja',
  'value.no': 'nein',
  'value.unknown': 'unbekannt',
  'value.none-joined': 'keiner: dieser Rechner gehört zu keinem Hub',
  'value.kept-days': 'vom Hub {days} Tage lang',
  'value.kept-in-force': 'vom Hub, solange es gilt, und {days} Tage nach dem Ende',
  'value.kept-day': 'vom Hub 1 Tag lang',
  'value.kept-answer': 'von niemandem: nach der Antwort ist es fort',
  'value.every-attributed': 'jeder Nachricht, die die Nummer dieses Rechners trägt',
  'value.size': 'je {size}, {count} am Tag',
  'value.bytes': '{count} Bytes',
  'value.service-none': 'keinen Dienst für Sie',
};
