// Die Erklärung auf Deutsch, erster Teil: Kurzfassung, Verantwortliche, Nutzen, Recht, Stufen.
import type { WHO_EN } from '../en/statement-who.ts';

export const WHO_DE: Readonly<Record<keyof typeof WHO_EN, string>> = {
  'statement.title': 'Was diesen Rechner verlässt, und wozu: die Erklärung von Tocsin',

  'short.title': 'Kurz gesagt',
  'short.listed':
    'Dieser Text führt alles auf, was Tocsin von diesem Rechner senden kann, Angabe für Angabe. Ein Teil des Programms, die Schleuse, lässt hinaus, was hier steht, und sonst nichts; das Journal hebt jedes Byte auf, das hinausgegangen ist, und `tocsin sent` zeigt es Ihnen.',
  'short.choice':
    'Es gibt drei Stufen: `off` (aus), `standard` und `extended` (erweitert). Solange niemand gewählt hat, gilt `off`. Listen, die diesen Rechner schützen, empfängt er auf jeder Stufe.',
  'short.receiver':
    'Was gesendet wird, geht an den Hub von {operator}. Wer sonst etwas davon sehen kann, steht weiter unten.',
  'short.receiver-unnamed':
    'Was gesendet wird, geht an den Hub, dem dieser Rechner beigetreten ist; sein Betreiber hat keinen Namen angegeben. Wer sonst etwas davon sehen kann, steht weiter unten.',
  'short.no-receiver':
    'Dieser Rechner ist keinem Hub beigetreten: Es gibt niemanden, dem etwas gesendet werden könnte, und es lässt sich nichts als `off` wählen.',
  'short.counts':
    'In der Ausgabe `{edition}` sind es {standard} Angaben bei `standard` und {extended} bei `extended`; {off} davon zeigen sich auf jeder Stufe. {planned} sind als geplant gekennzeichnet: In dieser Version erzeugt sie noch nichts.',
  'short.questions':
    'Eine Frage nach einer Datei oder Adresse zeigt einige führende Bits einer Prüfsumme, nie das Objekt selbst, und nichts davon wird aufgehoben, sobald sie beantwortet ist.',
  'short.content':
    'Dateien, Teile von Dateien, Speicher und Startsektoren gehen nur bei `extended` hinaus, einzeln, weil der Hub nach genau diesem Objekt fragt. Dokumente, Post, Archive und Bilder brauchen jedes Mal das Ja einer Person.',
  'short.uses':
    'Die Daten dienen dem Schutz vor schädlichen Programmen, Seiten und Netzen und nichts sonst: keiner Werbung, und sie werden nicht mit dem verbunden, was anderswo über Sie bekannt ist.',
  'short.end':
    '`tocsin participation off` beendet es sofort: Was auf das Senden wartete, wird vernichtet, und der Hub wird gebeten zu löschen, was von diesem Rechner kam, und bestätigt das mit seiner Unterschrift.',

  'who.title': 'Wer verantwortlich ist',
  'operator.title': 'Der Betreiber des Hubs',
  'operator.intro':
    'Den Hub, dem dieser Rechner beigetreten ist, betreibt der folgende Betreiber; er steht für die Daten ein.',
  'operator.none':
    'Dieser Rechner ist keinem Hub beigetreten. Wer ihn betreibt, wo Daten wie lange liegen, wer sie sonst bekommen kann und welche Behörde darüber wacht: Das alles kommt aus den Bedingungen eines Hubs und fehlt deshalb hier. Tritt der Rechner einem bei, so wird dieser Text mit dessen Bedingungen neu gemacht, und nur jener lässt sich annehmen.',
  'operator.name': 'Name',
  'operator.address': 'Anschrift',
  'operator.contact': 'Kontakt',
  'operator.privacy': 'Zum Datenschutz',
  'operator.security': 'Zu Sicherheitslücken',
  'operator.representative': 'Vertreter',
  'operator.authority': 'Aufsichtsbehörde',
  'operator.same': 'der Kontakt oben',
  'operator.no-name': 'nicht genannt',
  'operator.not-given': 'nicht angegeben',
  'operator.no-representative': 'keiner genannt',
  'operator.no-authority': 'keine genannt; Sie können sich an die wenden, wo Sie wohnen oder arbeiten',
  'software.title': 'Das Programm',
  'software.text':
    'Tocsin ist quelloffen. Betreiber lassen den Hub auf eigenen Rechnern laufen; wer das Programm schreibt, betreibt keinen für Sie, erhält dadurch nichts und kann in keinen Hub hineinsehen.',

  'why.title': 'Wozu es gut ist',
  'why.network':
    'Schädliche Programme und Seiten wechseln im Stundentakt. Wo viele Rechner eine Stelle fragen und ihr sagen, was ihnen begegnet, weiß diese Stelle nach Minuten, was neu ist, woher es kommt und wen es trifft, und alle werden gewarnt. Urteile, die sich als falsch erweisen, werden auf demselben Weg zurückgenommen.',
  'why.both':
    'Wer teilnimmt, ist selbst besser geschützt, weil erkannt wird, was hier noch auf keiner Liste steht, und hilft mit, die anderen zu schützen. Niemand muss: Ohne Teilnahme arbeiten die Listen auf diesem Rechner weiter.',
  'why.read':
    'Bitte lesen Sie das Folgende, bevor Sie wählen; die Abschnitte über Nachrichten und Angaben sind zum Nachschlagen da. Jede Änderung bekommt eine neue Fassung, und das Programm sagt Ihnen, was neu ist.',

  'rule.title': 'Recht und Regel',
  'rule.which': 'Welche Regel hier gilt',
  'rule.place': 'Für diesen Rechner zählt dieser Ort: {place} (`{code}`).',
  'rule.no-place': 'Es ist nicht bekannt, in welchem Land dieser Rechner steht.',
  'rule.order':
    'Es zählt, was die Person an diesem Rechner gesagt hat, sonst die Richtlinie des Betreibers, sonst seine Bedingungen.',
  'rule.because-law':
    'Das Recht dort, bekannt als {law}, verlangt eine Einwilligung, bevor solche Daten gesendet werden. Es gilt also Opt-in.',
  'rule.because-operator':
    'Der Betreiber verlangt überall eine Einwilligung, was immer das Recht eines Ortes sagt. Es gilt also Opt-in.',
  'rule.because-unknown': 'Wo das Recht nicht bekannt ist, gilt die strengere Regel: Opt-in.',
  'rule.because-no-hub': 'Vor dem Beitritt zu einem Hub gilt die strengere Regel: Opt-in.',
  'rule.because-no-law':
    'Diesem Programm ist kein Gesetz jenes Ortes bekannt, das vorher eine Einwilligung verlangt, und auch der Betreiber verlangt keine. Es gilt also Opt-out.',
  'rule.meaning-opt-in':
    'Opt-in heißt: Ohne ein Ja wird nichts gesendet, nichts weitergegeben und nichts gewerblich genutzt. Was eine spätere Fassung hinzufügt, bleibt auf diesem Rechner, bis jene Fassung angenommen ist; bis dahin begrenzt die zuvor angenommene, was hinausgeht.',
  'rule.meaning-opt-out':
    'Opt-out heißt: Ist die Teilnahme einmal eingeschaltet, von einer Person oder von der Richtlinie eines verwalteten Rechners, so wird gesendet, was eine spätere Fassung hinzufügt, nachdem es Ihnen gesagt wurde; Weitergabe und gewerbliche Nutzung gelten als erlaubt, bis jemand widerspricht. Dafür genügt ein Befehl.',
  'rule.basis': 'Worauf es beruht',
  'rule.basis-consent':
    'Die Teilnahme beruht auf Einwilligung (wo die DSGVO gilt: Artikel 6 Absatz 1 Buchstabe a), die sich jederzeit für die Zukunft widerrufen lässt. Was das Empfangen selbst zeigt, bringt jede Verbindung mit sich; es dient dazu, zu liefern, was der Rechner verlangt, im Interesse beider Seiten an einer Verbindung, die funktioniert (Artikel 6 Absatz 1 Buchstabe f), und steht unten, weil Sie es wissen sollen.',
  'rule.basis-policy':
    'Wo für einen verwalteten Rechner die Richtlinie des Betreibers gewählt und keine Person dort Ja gesagt hat, beruht die Teilnahme auf dem Interesse des Betreibers an sicheren Rechnern (Artikel 6 Absatz 1 Buchstabe f); wen es betrifft, der kann dem widersprechen.',
  'rule.several':
    'Ein Hub kann Rechner in mehreren Ländern bedienen, und seine Daten können in weiteren liegen, sodass mehr als ein Recht zugleich gelten kann. Für diesen Rechner gilt die genannte Regel in jedem Fall; ein strengeres Recht, das den Betreiber bindet, gilt außerdem.',
  'rule.stored': 'Die Daten dieses Hubs liegen in: {countries}.',

  'levels.title': 'Stufen, Ausgaben und Dienste',
  'levels.which': 'Die drei Stufen',
  'levels.off':
    '`off`: Nichts über Sie oder diesen Rechner wird gesendet. Was das Empfangen selbst zeigt, der Nachweis Ihrer Entscheidung, der Alarm des Selbstschutzes und die Bitte um Löschung sind die Ausnahmen; sie sind aufgeführt wie alles andere.',
  'levels.standard':
    '`standard`: Fragen, und die kurze Liste, die in jeder Ausgabe dieselbe ist: welche Bedrohung worin gefunden wurde, durch welche Listen, an welcher Adresse; und um welches Programm, welche Bausteine, Aktualisierungen und Betriebssysteme es sich handelt.',
  'levels.extended': '`extended`: alles, was dieser Text aufführt, auch Inhalte, nach denen der Hub fragt.',
  'levels.receiving':
    'Listen, Bedingungen und Richtlinien des Hubs werden empfangen, während `tocsin sync` läuft (der Dienst auf dem Rechner ist `tocsin sync --follow`), beim Beitritt, und wenn `tocsin check` oder eine Suche ohne `--offline` beginnt. Das hängt von keiner Stufe ab und braucht keine Einwilligung; wer nichts empfangen will, hält den Dienst an, führt weder `tocsin sync` noch `tocsin check` aus und sucht mit `--offline`.',
  'levels.editions': 'Die Ausgabe',
  'levels.this-edition':
    'Dieser Text gilt für die Ausgabe `{edition}`: {words}. Angaben anderer Ausgaben stehen nicht darin und gehen nicht hinaus.',
  'levels.new-edition':
    'Eine andere Ausgabe bedeutet eine andere Liste und wird wie eine neue Erklärung behandelt: Was diese hier nicht aufführt, bleibt auf diesem Rechner, bis die neue angenommen ist.',
  'services.title': 'Welche Dienste davon abhängen',
  'services.intro':
    'Von manchen Nachrichten lebt ein Dienst. Wo die Nachricht nicht gesendet werden darf, endet dieser Dienst, und kein anderer. Steht eine Nachricht nicht hier, so kostet es Sie nichts, wenn sie nicht gesendet wird.',
  'services.caption': 'Dienste und die Stufen, auf denen es sie gibt',
  'services.service': 'Dienst',
  'services.works': 'läuft',
  'services.ends': 'endet',
  'services.planned': '{service} (geplant)',
};
