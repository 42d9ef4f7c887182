// Die Erklärung auf Deutsch, dritter Teil: Schutz unterwegs, beim Betreiber, auf dem Rechner; Grenzen; Fristen.
import type { PROTECTION_EN } from '../en/statement-protection.ts';

export const PROTECTION_DE: Readonly<Record<keyof typeof PROTECTION_EN, string>> = {
  'protection.title': 'Wie es geschützt wird',
  'transit.title': 'Unterwegs',
  'transit.tls':
    'TLS 1.3 mit einem Zertifikat auf beiden Seiten. Der Rechner traut keiner Zertifizierungsstelle des Internets, nur dem Schlüssel dieses Betreibers, den er sich beim Beitritt gemerkt hat; bevor der bewiesen ist, sendet er nichts.',
  'transit.signed':
    'Jede Nachricht, die die Nummer dieses Rechners trägt, wird vom Rechner unterschrieben, so aufgefüllt, dass ihre Länge wenig verrät, und noch einmal für einen Schlüssel des Hubs verschlüsselt. Eine Zwischenstelle reicht sie weiter und kann sie nicht öffnen.',
  'transit.anonymous':
    'Fragen tragen ein so kurzes Präfix, dass im Mittel mindestens 64 Objekte es gemeinsam haben, und keine Nummer des Rechners. Die Teile einer Adresse stehen nie in einem Umschlag. Nur wer die Geschichte eines Objekts mit Namen verlangt, zeigt dessen ganze Prüfsumme, und das nur mit der Teilnahme `extended`. Die Verbindung, über die sie reisen, kennt der Hub; sein Programm schreibt nicht auf, wer was gefragt hat.',
  'transit.names':
    'Zertifikate enthalten eine Zufallszahl, keinen Namen des Rechners, seines Besitzers oder seines Netzes.',
  'transit.verdicts':
    'Auch was zurückkommt, wird geprüft: Listen und Vorgaben des Hubs zählen nur mit gültiger Prüfsumme oder Unterschrift.',

  'at-hub.title': 'Beim Betreiber',
  'at-hub.places': 'Die Daten liegen an diesen Orten:',
  'at-hub.no-places':
    'Der Betreiber hat keinen Ort genannt, an dem die Daten liegen; fragen Sie ihn unter dem Kontakt oben.',
  'at-hub.caption': 'Orte, an denen die Daten liegen',
  'at-hub.place': 'Ort',
  'at-hub.country': 'Land',
  'at-hub.safeguard': 'Was sie dort schützt',
  'at-hub.no-safeguard': 'das Recht des Ortes',
  'at-hub.checked':
    'Der Hub hält jede ankommende Nachricht gegen denselben Katalog und die neueste Entscheidung des Absenders. Von einer, die nicht hätte gesendet werden dürfen, speichert er nichts und sagt das dem Rechner.',
  'at-hub.access':
    'Die Server sind nach außen geschlossen und lassen nur Personen ein, die es für ihre Aufgabe brauchen, jede mit eigenem Konto. Der Betreiber verpflichtet sie zur Verschwiegenheit und sieht diese Rechte und seine Maßnahmen regelmäßig durch.',
  'at-hub.content':
    'Wo Inhalte von Dateien empfangen werden, liegen sie verschlüsselt und werden in Prozessen untersucht, die weder Netz noch andere Daten haben.',

  'on-machine.title': 'Auf diesem Rechner',
  'on-machine.text':
    'Was Tocsin sich merkt (frühere Antworten, das Journal, was auf das Senden wartet), liegt in einem Verzeichnis, das nur sein eigener Benutzer betreten darf, verschlüsselt unter einem Schlüssel dieses Rechners. Wo das System es anbietet, ist dieser Schlüssel an den Rechner selbst gebunden.',
  'on-machine.spool':
    'Was auf das Senden wartet, hat einen eigenen Schlüssel, der beim Widerruf der Einwilligung vernichtet wird.',

  'limits.title': 'Was niemand versprechen kann',
  'limits.text':
    'Kein Weg, Daten zu senden oder aufzuheben, ist über jeden Zweifel sicher, und niemand sollte das behaupten. Wer diesen Rechner verwaltet, kann lesen und ändern, was Tocsin hier tut. Ein Hub mit verändertem Programm könnte sich merken, wer was gefragt hat, und ein Einbruch beim Betreiber könnte erreichen, was dort gespeichert ist.',
  'limits.so':
    'Darum geht so wenig wie möglich hinaus, so unbestimmt wie möglich; darum steht alles dort, wo Sie es lesen können; und darum ist das Programm offen und lässt sich prüfen. Ihre Rechte, auch die auf Schadenersatz, schmälert dieser Absatz nicht.',

  'kept.title': 'Wie lange es aufgehoben wird',
  'kept.items':
    'Die Frist steht bei jeder Angabe und zählt ab der Ankunft; danach wird gelöscht. Die längste ist {days} Tage. Was bei einer Angabe gelöscht ist, bleibt nicht in einer anderen stehen.',
  'kept.proof':
    'Was Ihnen und dem Betreiber beweist, wer wozu zugestimmt hat, hat eigene Fristen, die kein Betreiber kürzt. Der Nachweis einer Entscheidung wird aufgehoben, solange sie gilt, und {record} Tage, nachdem eine neuere sie ersetzt hat oder ihr Rechner ausgeschlossen wurde oder nicht mehr wiederkommen konnte. Eine Bitte um Löschung wird mit ihrer Bestätigung {erasure} Tage aufgehoben. Die Nummer eines Rechners wird mit seinem öffentlichen Schlüssel aufgehoben, solange sein Zertifikat gilt, und {machine} Tage danach, weil es bis dahin erneuert werden kann; wird etwas länger aufgehoben, das die Nummer trägt, so geht sie mit dem Letzten davon.',
  'kept.cap':
    'Sonst hebt dieser Betreiber nichts länger als {days} Tage auf; längere Fristen sind in diesem Text schon gekürzt.',
  'kept.no-cap': 'Eine eigene, kürzere Grenze hat der Betreiber nicht gesetzt.',
  'kept.caption': 'Fristen und Anzahl der Angaben',
  'kept.time': 'Frist',
  'kept.count': 'Angaben',
  'kept.personal': 'Davon über Personen',
  'kept.days': '{days} Tage',
  'kept.in-force': 'gültig + {days} Tage',
  'kept.day': '1 Tag',
  'kept.answer': 'gar nicht',
};
