// Die Erklärung auf Deutsch, zweiter Teil: Nachrichten, Angaben, Inhalte, was bleibt, Verfahren, Zwecke.
import type { DATA_EN } from '../en/statement-data.ts';

export const DATA_DE: Readonly<Record<keyof typeof DATA_EN, string>> = {
  'messages.title': 'Was gesendet wird, Nachricht für Nachricht',
  'messages.intro':
    'Eine Nachricht ist ein Umschlag mit Angaben aus dem nächsten Abschnitt. Einen anderen Weg hinaus gibt es nicht: Eine Nachricht, einen Grund oder eine Angabe, die hier nicht steht, weist die Schleuse ab, und der Hub noch einmal.',
  'messages.reasons': 'Gründe, jeder hinter dem Wort, das im Journal für ihn steht:',
  'messages.around':
    'Um jede Nachricht, die die Nummer dieses Rechners trägt, steht derselbe Umschlag: {items}. Diese Angaben werden unten nicht wiederholt.',

  'items.title': 'Die Angaben, eine nach der anderen',
  'items.intro':
    'Von jeder Angabe steht da, was sie ist, ihre Form mit Einheit und Grenzen, wozu sie dient, wie heikel sie ist, auf welcher Stufe und wie sie hinausgeht, wie lange sie aufgehoben wird, in welchen Nachrichten sie reist, und ein Beispiel. Ein Wert über seiner Grenze wird nicht gekürzt: Er bleibt hier.',
  'items.receiver':
    'Jede Angabe geht an den Hub und an niemanden sonst; wer dort davon erfahren kann, steht unter „{section}“.',
  'items.marks':
    'Eine Angabe mit dem Vermerk „{mark}“ ist aufgeführt, damit Sie vorher davon wissen, aber kein Teil dieser Version sendet sie.',

  'content.title': 'Dateien, Teile von Dateien, Speicher und Startsektoren',
  'content.when':
    'Bei `extended` kann der Hub nach einem einzelnen Objekt fragen, das niemand kennt und mit dem sich der Rechner oder das, was er speichert, schädigen ließe: Programmdateien, Skripte, Seiten und Post, die einen Angriff trugen. Zuerst geht der kleinste Teil, der entscheiden kann; die ganze Datei ist das letzte Mittel.',
  'content.infection':
    'Um herauszufinden, wie dieser Rechner befallen wurde, kann sie auch nach vertrauenswürdigen Dateien fragen, ob Programm oder nicht, nach einem Bericht darüber, was ein Prozess getan hat, nach dem Teil des Speichers, den ein verdächtiger Prozess benutzt, und nach den ersten Sektoren der Platte, von der das System startet.',
  'content.process':
    'Ein solcher Bericht sagt, welche Dateien der Prozess geöffnet hat, mit ihren Pfaden, mit welchen Adressen er gesprochen hat und von wo die laufende Datei geladen wurde.',
  'content.person':
    'Name oder Typ sind nie Grund genug, eine Datei zu senden. Dokumente, Post, Archive und Bilder gehen nur hinaus, nachdem eine Person zu genau diesem einen Ja gesagt hat.',
  'content.sealed':
    'All das wird für einen Schlüssel des Hubs verschlüsselt, bevor es hinausgeht, und nur dort geöffnet, wo es untersucht wird, abgeschottet von allem anderen. Aufgehoben wird es höchstens {days} Tage. Es sind die Angaben: {items}.',
  'content.planned': 'Kein Teil dieser Version sendet schon etwas davon.',

  'stays.title': 'Was nicht hinausgeht',
  'stays.intro':
    'Was nicht aufgeführt ist, geht nicht hinaus. Damit niemand danach suchen muss, insbesondere:',
  'stays.off': 'bei `off`: alles außer den Nachrichten, zu deren Stufen `off` gehört',
  'stays.people':
    'Namen von Personen und Konten: Aus Pfaden werden sie entfernt, und Konten gehen höchstens als Kennmarke mit Schlüssel hinaus (wer ein Programm unterschrieben hat, ist öffentlich und kann eine Person sein)',
  'stays.secrets':
    'Passwörter, private Schlüssel, Cookies und Zugangsmarken, und was in Webadressen in der Abfrage und vor dem Rechnernamen steht',
  'stays.addresses':
    'ganze Geräteadressen und die Adressen Ihres eigenen Netzes, außer als Kennmarke mit Schlüssel',
  'stays.machine':
    'der Name dieses Rechners und die Namen der Netze und Domänen, zu denen er gehört, außer dem WLAN-Namen, den `wifi.network_name` nennt',
  'stays.lists':
    'die Liste dessen, was Sie hier erlaubt oder verboten haben, und was von Ihren Dateien gemerkt wurde',
  'stays.content':
    'der Inhalt von Dokumenten, Post, Archiven und Bildern, außer eine Person hat zu genau diesem einen Ja gesagt',
  'stays.senses':
    'Ton, Bilder des Bildschirms oder einer Kamera, was getippt wird, Kontakte, Kalender und Standorte: Nichts davon wird je gelesen',

  'transforms.title': 'Wie Werte verändert werden, bevor sie hinausgehen',
  'transforms.intro':
    'Wo sich ein Wert unbestimmter sagen lässt und noch denselben Dienst tut, geschieht das. Was geschehen ist, prüft die Schleuse überall, wo man es dem Wert ansehen kann.',
  'transforms.entry': '{what}. {why} So ist es bei: {items}.',

  'purposes.title': 'Wozu es benutzt wird, und wozu nicht',
  'purposes.for': 'Zu diesen Zwecken',
  'purposes.intro':
    'Jede Angabe nennt ihre Zwecke. Zusammen sind es diese, mit der Anzahl der Angaben zu jedem:',
  'purposes.entry': '{purpose} ({count})',
  'purposes.only':
    'Zu einem Zweck, der nicht bei der Angabe steht, wird nichts benutzt. Ein neuer Zweck macht aus ihr eine andere Angabe, die neu angenommen werden muss.',
  'purposes.not': 'Nicht zu diesen',
  'purposes.no-marketing':
    'Nicht für Werbung: Nichts dient dazu, Ihnen etwas anzubieten, ein Profil von Ihnen zu machen oder über Sie zu entscheiden.',
  'purposes.no-joining':
    'Nicht verbunden: Was ankommt, wird nicht mit Kundendateien, Adressbüchern, Bestellungen oder irgendeiner anderen Sammlung des Betreibers oder eines anderen zusammengeführt.',
  'purposes.no-staff':
    'Nicht zur Überwachung: Ist der Betreiber ein Arbeitgeber, so dient nichts davon dazu, zu beurteilen, wie jemand arbeitet.',
};
