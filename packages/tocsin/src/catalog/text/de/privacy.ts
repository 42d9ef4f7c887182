// Die Datenschutzrichtlinie auf Deutsch: wie das Empfangene aufgehoben, geschützt und vernichtet wird.
import type { PRIVACY_EN } from '../en/privacy.ts';

export const PRIVACY_DE: Readonly<Record<keyof typeof PRIVACY_EN, string>> = {
  'privacy.title':
    'Wie Empfangenes aufgehoben, geschützt und vernichtet wird: die Datenschutzrichtlinie dieses Hubs',
  'privacy.short': 'Kurz gesagt',
  'privacy.about':
    'Die Erklärung sagt, was einen Rechner verlässt und wozu. Diese Richtlinie sagt, was danach damit geschieht. Beide haben dieselbe Fassung.',
  'privacy.kept-short':
    'Jede Angabe hat ihre Frist, höchstens {days} Tage. Danach, oder wenn es verlangt wird, wird sie endgültig gelöscht. Was eine Entscheidung oder eine Bitte um Löschung beweist, hat eigene Fristen.',
  'privacy.access-short': 'Wenige Personen dürfen hineinsehen, jede für eine Aufgabe.',
  'privacy.rights-short':
    'Sie können sehen, was hinausgegangen ist, es mit unterschriebener Bestätigung löschen lassen und sich beschweren.',

  'received.title': 'Was empfangen wird',
  'received.intro':
    'Diese Arten von Daten kommen an, soweit der Besitzer eines Rechners zugestimmt hat. Die Erklärung nennt jede einzelne Angabe.',
  'received.caption': 'Gruppen von Daten',
  'received.group': 'Gruppe',
  'received.items': 'Angaben',
  'received.personal': 'Über Personen',
  'received.longest': 'Längste Frist',
  'received.questions':
    'Fragen werden aus dem Arbeitsspeicher beantwortet. Weder sie noch die Adresse, von der sie kamen, werden auf eine Platte, in ein Protokoll oder in eine Statistik geschrieben, die jemanden nennt.',

  'storage.title': 'Wo es aufgehoben wird',
  'storage.apart':
    'Was von Rechnern kam, liegt getrennt von den Konten der Konsole und von den Listen, die veröffentlicht werden, unter der Nummer des Rechners und keinem Namen.',
  'storage.transfers':
    'Einen Ort dieser Liste verlassen Daten nur zu einem anderen Ort der Liste oder zu einem Partner, den die Erklärung nennt und dem der Besitzer zugestimmt hat.',

  'secure.title': 'Wie es geschützt wird',
  'access.title': 'Wer hineinsehen darf',
  'access.text':
    'Der Betreiber gibt Rechte nach Aufgabe und nimmt sie zurück, wenn sie endet. Er lässt festhalten, wer wann und warum Daten eines einzelnen Rechners angesehen hat.',
  'access.secrecy':
    'Wer Zugang hat, ist geschult und zur Verschwiegenheit verpflichtet, auch über das Ende der Beschäftigung hinaus.',

  'destroy.title': 'Wie es vernichtet wird',
  'destroy.time': 'Was seine Frist erreicht hat, löscht der Hub von selbst, binnen eines Tages.',
  'destroy.content':
    'Wo Inhalte von Dateien empfangen wurden, wird zuerst der Schlüssel vernichtet, unter dem sie liegen, dann der Inhalt.',
  'destroy.request':
    'Eine Bitte um Löschung wird sofort ausgeführt, für alles bis zur Nummer der letzten Nachricht, die sie nennt. Vom Rechner bleiben nur seine Nummer, die Bitte und die Nachweise seiner Entscheidungen, als Beleg, für die Fristen unter „{section}“.',
  'destroy.table': 'Die Frist jeder Angabe ist diese:',
  'destroy.caption': 'Fristen der Angaben',
  'destroy.item': 'Angabe',
  'destroy.kept': 'Frist',
  'destroy.log':
    'Wo ein Protokoll der Urteile veröffentlicht wird, enthält es nur gesalzene Prüfsummen. Ist das Salz gelöscht, so sagt ein Eintrag über nichts mehr etwas.',

  'backups.title': 'Sicherungskopien',
  'backups.text':
    'Der Betreiber hält Sicherungskopien verschlüsselt und unter denselben Rechten wie das Original. Bevor er eine wieder benutzt, löscht er daraus alles, dessen Frist abgelaufen ist oder dessen Löschung seit ihrer Entstehung bestätigt wurde.',
  'backups.duty':
    'Kopien, die anderswo liegen, erreicht das Programm nicht; sie rechtzeitig zu löschen ist Pflicht des Betreibers und Teil dessen, was er hier zusagt.',

  'person.title': 'Rechte einer Person',
  'person.intro': 'Wo die DSGVO oder ein Gesetz wie sie gilt, können Sie vom Betreiber verlangen:',
  'person.access': 'Auskunft: was er über Sie hat, und eine Kopie davon',
  'person.correct': 'Berichtigung dessen, was falsch ist',
  'person.erase': 'Löschung, auch mit `tocsin participation off` und ohne einen Brief',
  'person.restrict': 'Einschränkung, solange etwas strittig ist',
  'person.port': 'was Sie bereitgestellt haben, in einer Form, die Maschinen lesen können',
  'person.object': 'durch Widerspruch ein Ende dessen, was auf seinen Interessen beruht',
  'person.withdraw': 'durch Widerruf das Ende dessen, was auf Ihrer Einwilligung beruht',
  'person.machine':
    'Er kennt Rechner, keine Personen. Nennen Sie ihm die Nummer des Rechners, die `tocsin status` zeigt, und zeigen Sie, dass er Ihrer ist, etwa durch einen Beleg, den dessen Schlüssel unterschrieben hat.',
  'person.automatic':
    'Keine Entscheidung über eine Person trifft ein Programm allein auf Grund dieser Daten.',

  'incidents.title': 'Wenn etwas schiefgeht',
  'incidents.text':
    'Gehen Daten verloren, werden sie verändert oder geraten sie in falsche Hände, so begrenzt der Betreiber den Schaden, sucht die Ursache und hält beides fest. Besteht ein Risiko für Menschen, so meldet er es der Behörde binnen 72 Stunden, nachdem er davon weiß, und bei hohem Risiko den Betroffenen: über `tocsin status`, weil er keine andere Adresse von ihnen hat.',
  'incidents.report': 'Wer eine Schwachstelle findet, wird gebeten, es hier zu sagen: {contact}.',

  'policy-changes.title': 'Änderungen dieser Richtlinie',
  'policy-changes.text':
    'Sie ändert sich mit der Erklärung und hat deren Fassung, Datum und eigenen SHA-256. Was Daten länger aufheben oder jemand anderem geben würde, braucht neue Bedingungen, und wo Opt-in gilt, ein neues Ja.',
};
