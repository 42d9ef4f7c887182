// Die Erklärung auf Deutsch, letzter Teil: Entscheidung, Widerruf, Belege, Selbstschutz, Entfernen, Änderungen.
import type { CHOICES_EN } from '../en/statement-choices.ts';

export const CHOICES_DE: Readonly<Record<keyof typeof CHOICES_EN, string>> = {
  'choices.title': 'Ihre Entscheidungen',
  'choose.title': 'Wählen',
  'choose.free':
    'Die Teilnahme ist freiwillig. Wer Nein sagt oder nichts sagt, behält alles, was ohne Senden geht: Listen, Prüfungen, eigene Entscheidungen.',
  'choose.command':
    '`tocsin participation standard` oder `tocsin participation extended` zeigt diese Erklärung und nimmt Ihr Ja zu genau dieser Fassung, über deren SHA-256. `tocsin participation` zeigt, was gewählt ist.',
  'choose.managed':
    'Auf Rechnern, die ein Betreiber verwaltet, kann seine Richtlinie wählen; der Nachweis sagt das. Wo Opt-in gilt und der Rechner als persönlicher gekennzeichnet ist, muss auch die Person daran Ja sagen, und sie kann immer weniger wählen als die Richtlinie.',
  'choose.virtual':
    'Für verwaltete virtuelle Maschinen sagt die Richtlinie des Hubs `extended`, sofern ihr Verwalter es dort nicht ausschaltet; dieser Text wird ihm mit der Richtlinie gezeigt, und seine Annahme ist der Nachweis.',
  'choose.uses': 'Weitergabe und gewerbliche Nutzung werden daneben gewählt und mit angezeigt.',

  'withdraw.title': 'Widerrufen',
  'withdraw.command':
    '`tocsin participation off`, jederzeit, ohne Grund und so leicht wie das Ja. Bevor es wirkt, sagt das Programm, welche Dienste enden und welche bleiben, wie in der Tabelle oben.',
  'withdraw.first':
    'Sofort, vor allem anderen: Was auf das Senden wartet, wird gelöscht, und sein Schlüssel vernichtet.',
  'withdraw.second':
    'An seine Stelle tritt eine Bitte um Löschung. Sie übersteht einen Absturz und wird wiederholt, bis der Hub antwortet; sonst geht nichts hinaus.',
  'withdraw.third':
    'Der Hub löscht, was von diesem Rechner kam, nimmt nichts an, was verspätet eintrifft, und bestätigt das mit einer Unterschrift, die dieser Rechner aufhebt.',
  'withdraw.past':
    'Was vorher rechtmäßig war, bleibt es. Summen, in denen dieser Rechner nicht mehr zu erkennen ist, und Urteile über Objekte bleiben bestehen.',
  'withdraw.less':
    'Von `extended` zurück zu `standard` endet sofort, was nur bei `extended` gesendet wird, auch was noch wartet. Was vorher gesendet wurde, bleibt bis zum Ende seiner Frist; `off` lässt es löschen.',

  'receipts.title': 'Belege',
  'receipts.text':
    'Jede Entscheidung ist ein Nachweis: was, wann, durch wen, zu welcher Fassung. Die Nachweise eines Rechners bilden eine Kette, die er unterschreibt; der Hub zeichnet jeden gegen, und das ist Ihr Beleg: `tocsin participation receipt`.',

  'rights.title': 'Einsehen und löschen',
  'rights.sent':
    '`tocsin sent` zeigt, was hinausgegangen ist, Byte für Byte, mit Zeit und Grund; `tocsin preview`, was jetzt hinausginge und was warum zurückgehalten wird.',
  'rights.law':
    'Wo das Gesetz Ihnen Rechte auf Auskunft, Berichtigung, Löschung, Einschränkung, Übertragung oder Widerspruch gibt, haben Sie sie auch gegenüber dem Betreiber; er findet Ihre Daten über die Nummer des Rechners, die `tocsin status` zeigt.',
  'rights.erase':
    'Eine Löschung lässt sich auch verlangen, ohne die Einwilligung zu widerrufen. Auch das bestätigt der Hub mit seiner Unterschrift.',

  'defence.title': 'Selbstschutz der Einstellungen',
  'defence.text':
    'Die Einstellungen, die bestimmen, was wohin gesendet wird, sind eine unterschriebene Datei. Sie wird beim Start, bei jeder Änderung und alle zehn Minuten geprüft. Ist sie verändert, älter als zuvor, unlesbar oder fort, so zählt die Teilnahme als `off`, bis eine Person neu wählt, und es gibt einen Alarm; die Listen hier schützen weiter.',
  'defence.off':
    'Der Selbstschutz lässt sich ausschalten. Das Programm sagt dann, und sagt es immer wieder, dass diese Dateien auf andere Weise vor Fremden zu schützen sind.',

  'uninstall.title': 'Das Programm entfernen',
  'uninstall.text':
    '`tocsin uninstall` vernichtet zuerst die Schlüssel und löscht dann die Dateien. Was hier aufgehoben war, ist von da an nicht mehr lesbar und lässt sich nicht zurückholen, auch nicht aus Resten auf der Platte oder einer Kopie der Dateien.',

  'changes.title': 'Änderungen dieser Erklärung',
  'changes.version':
    'Die Fassung hat zwei Zahlen: Die erste steigt, wenn sich Angaben, Nachrichten oder Texte ändern, die zweite mit den Bedingungen des Betreibers. Jede Fassung hat ihr Datum und ihren SHA-256; der Hub zeigt alle weiterhin, jedem, unter `/statement` und `/privacy`.',
  'changes.opt-in':
    'Hier setzt eine Änderung nichts voraus: Eine Angabe, die neu ist, länger aufgehoben, zu mehr benutzt oder weniger verändert wird, bevor sie hinausgeht, bleibt auf diesem Rechner, bis Sie die neue Fassung angenommen haben. Auch neue Bedingungen brauchen ein neues Ja.',
  'changes.opt-out':
    'Hier gilt eine neue Fassung, nachdem Ihnen gesagt wurde, was darin neu ist; bis jemand widerspricht.',
  'changes.told':
    'Das Programm sagt Ihnen, wenn es eine neue Fassung gibt, und was neu ist, Angabe für Angabe: `tocsin statement --diff {old} {new}`.',
  'changes.since': 'Was seit Fassung {old} neu ist',
  'changes.none':
    'Seit Fassung {old} ist keine Angabe dieser Ausgabe hinzugekommen, weggefallen oder geändert worden.',
  'changes.first': 'Dies ist die erste Fassung.',
  'changes.added': 'Hinzugekommen ({count}): {items}.',
  'changes.removed': 'Weggefallen ({count}): {items}.',
  'changes.changed': 'Geändert ({count}): {items}.',
};
