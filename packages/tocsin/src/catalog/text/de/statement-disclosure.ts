// Die Erklärung auf Deutsch, vierter Teil: Behörden, Partner, Forschung, Helfer; Neuigkeiten; Fragen, Beschwerden.
import type { DISCLOSURE_EN } from '../en/statement-disclosure.ts';

export const DISCLOSURE_DE: Readonly<Record<keyof typeof DISCLOSURE_EN, string>> = {
  'others.title': 'Wer sonst davon erfahren kann',
  'authorities.title': 'Behörden und Gerichte',
  'authorities.order':
    'Das Gesetz kann den Betreiber verpflichten, Daten herauszugeben: auf Anordnung eines Gerichts, einer Staatsanwaltschaft, der Polizei oder einer anderen Behörde. Er folgt einer Anordnung, die schriftlich ist, von einer dazu befugten Stelle kommt und sagt, was verlangt wird; er gibt das heraus und nichts darüber hinaus, und hält es fest.',
  'authorities.other':
    'Ohne Anordnung tut er es nur, wo das Gesetz es erlaubt und es nötig ist: um eine Gefahr für Leib und Leben abzuwenden, oder um jemanden zu verfolgen, der den Hub oder seine Nutzer angegriffen hat oder diese Erklärung oder einen Vertrag über seine Nutzung bricht.',
  'authorities.told': 'Wer betroffen ist, erfährt es, sobald und soweit das Gesetz das zulässt.',
  'authorities.nothing':
    'Was ein Hub nicht hat, kann er nicht herausgeben: Er hebt keine Fragen auf, keine Adressen von Rechnern und nichts über die hier genannten Fristen hinaus.',

  'partners.title': 'Partner: zwei eigene Entscheidungen',
  'partners.choices':
    'Neben der Stufe gibt es zwei weitere Entscheidungen, jede mit eigenem Nachweis: `sharing` (dürfen andere Daten dieses Rechners bekommen) und `commercial` (darf damit Geld verdient werden). Die Stufe sagt darüber nichts.',
  'partners.default-opt-in': 'Beide sind hier ein Nein, bis jemand Ja sagt.',
  'partners.default-opt-out':
    'Beide gelten hier als Ja, sobald die Teilnahme eingeschaltet ist, bis jemand Nein sagt; vor der ersten Nutzung wird Ihnen gesagt, wer was bekommt.',
  'partners.no':
    'Nein heißt: Daten dieses Rechners stehen in keiner Ausfuhr an einen Partner und in keiner Zahl, die veröffentlicht wird. Bei der Teilnahme `off` wird für beides nichts verarbeitet, was auch gewählt war.',
  'partners.first':
    'Bevor Daten dieses Rechners zum ersten Mal an einen Partner gehen, zeigt das Programm, wer was zu welchem Zweck bekommt, und dass Sie Nein sagen können.',
  'partners.named':
    'Der Betreiber nennt diese Partner; ein neuer bedeutet neue Bedingungen, die angenommen werden müssen:',
  'partners.none':
    'Der Betreiber nennt keinen Partner: Unter diesen beiden Entscheidungen bekommt niemand etwas.',
  'partners.unknown':
    'Wer die Partner sind, steht in den Bedingungen eines Hubs; dieser Rechner ist keinem beigetreten.',
  'partners.caption': 'Partner des Hubs',
  'partners.partner': 'Name des Partners',
  'partners.country': 'Land',
  'partners.purpose': 'Zweck',
  'partners.choice': 'Entscheidung',

  'figures.title': 'Forschung und veröffentlichte Zahlen',
  'figures.text':
    'Berichte darüber, wie sich Bedrohungen entwickeln, und die Arbeit mit Forschungsstellen und anderen Herstellern von Schutz benutzen Summen und Proben schädlicher Objekte. Sie enthalten keinen Rechner und keine Person, und nur Daten von Rechnern, die `sharing` zugestimmt haben.',

  'helpers.title': 'Wer für den Betreiber arbeitet',
  'helpers.text':
    'Wer den Hub für den Betreiber beherbergt oder betreut, ist durch Vertrag an dessen Weisungen und an Verschwiegenheit gebunden, benutzt nichts für sich und tut das an den oben genannten Orten.',

  'news.title': 'Wann sich der Betreiber an Sie wendet',
  'news.alerts':
    'Selten gibt es eine Neuigkeit, von der abhängt, ob ein Dienst für Sie weiterläuft: geänderte Bedingungen, eine veränderte Einstellung, ein Ende. Sie erscheint in `tocsin status` und, bei verwalteten Rechnern, auf der Konsole.',
  'news.contact':
    'Durch dieses Programm erfährt der Betreiber keinen Namen, keine Mailadresse und keine Telefonnummer. Wo er sie anderswoher kennt, benutzt er sie wegen dieser Erklärung nur, wenn ein Gesetz oder ein Rechtsstreit ihn dazu zwingt oder ein Vertrag über ihre Nutzung gebrochen wurde. Nie, um für etwas zu werben.',

  'questions.title': 'Fragen und Beschwerden',
  'questions.text':
    'Fragen Sie nach allem in diesem Text, und beschweren Sie sich, wo er Ihrer Meinung nach nicht eingehalten wurde: {contact}. Beschreiben Sie so genau, wie Sie können, was wann geschehen ist; die Einträge von `tocsin sent` helfen dabei. Der Betreiber geht dem unverzüglich nach und antwortet binnen eines Monats.',
  'questions.no-contact':
    'Der Betreiber des Hubs hat keinen Kontakt für Fragen und Beschwerden zu diesem Text angegeben.',
  'questions.none':
    'Sobald der Rechner einem Hub beigetreten ist, stehen hier dessen Kontakte für Fragen und Beschwerden.',
  'questions.authority':
    'Bei einer Aufsichtsbehörde können Sie sich jederzeit beschweren, ohne vorher den Betreiber zu fragen: {authority}.',
  'questions.any-authority':
    'bei der, wo Sie wohnen oder arbeiten oder wo Ihrer Meinung nach das Recht verletzt wurde',
};
