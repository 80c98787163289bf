// The subjects of automatic answers. Clients and servers translate them; a person's answer to one begins with "Re:".

/**
 * Set by servers before the subject that was answered: Exchange and Outlook ("Automatic reply: …"), and their like. Each
 * ends in a colon, so that "Automatic replies don't work" is a person's subject.
 */
const UNAMBIGUOUS = [
  /^(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response|responder)|out of (?:the )?office(?: (?:auto-?)?(?:reply|message|notification))?|ooo|vacation (?:reply|response|message)|autoreply|away from (?:the )?office|automated (?:reply|response))\s*[:：]/i,
  /^(?:automatische (?:antwort|reaktion)|abwesenheits(?:notiz|meldung|nachricht|agent|benachrichtigung|assistent)|autom\. antwort|auto-?antwort|außer haus)\s*[:：]/iu,
  /^(?:réponse automatique|message d['’]absence|absence du bureau|(?:notification|avis) d['’]absence|réponse d['’]absence)\s*[:：]/iu,
  /^(?:respuesta autom[áa]tica|fuera de (?:la )?oficina|auto-?respuesta|ausente)\s*[:：]/iu,
  /^(?:resposta autom[áa]tica|fora do escritório|ausência temporária)\s*[:：]/iu,
  /^(?:risposta automatica|fuori (?:sede|ufficio)|messaggio automatico)\s*[:：]/iu,
  /^(?:automatisch antwoord|afwezigheids(?:bericht|assistent|melding)|automatisch(?:e)? (?:antwoord|reactie)|niet aanwezig)\s*[:：]/iu,
  /^(?:automatiskt svar|autosvar|automatisk svar|frånvaromeddelande|frånvaro|fraværsassistent|ikke til stede|automaattinen vastaus|poissaolo(?:viesti|ilmoitus)?)\s*[:：]/iu,
  /^(?:automatyczna odpowiedź|odpowiedź automatyczna|poza biurem|automatická odpov[ěe]ď|automatická odpoveď|mimo kancelář|automatikus válasz|házon kívül|răspuns automat|samodejni odgovor|automatski odgovor|automatinis atsakymas|automātiskā atbilde|automaatvastus)\s*[:：]/iu,
  /^(?:otomatik yanıt|ofis dışında|αυτόματη απάντηση|автоматический ответ|автоответ(?:чик)?|автоматична відповідь|автоматичен отговор|вне офиса)\s*[:：]/iu,
  /^(?:自動返信|自動応答|不在通知|自动(?:答复|回复)|自動(?:回覆|回復)|자동 ?(?:회신|응답)|부재 ?중|מענה אוטומטי|תשובה אוטומטית|رد تلقائي|ตอบกลับอัตโนมัติ|trả lời tự động|balasan otomatis)\s*[:：]/iu,
];

/** Words of such subjects, which people use too: they count beside another sign only. */
const LIKELY =
  /auto(?:matic|mated|mat\p{L}*)?[ -]?(?:reply|response|respon|antwort|svar|réponse)|out[ -]of[ -](?:the[ -])?office|vacation|on (?:annual )?leave|away from|abwesen|urlaub|nicht im (?:büro|haus)|außer haus|absen(?:t|ce|te)|vacances|congés?|fuera de|vacaciones|ausen|férias|fora d[oe]|ferie|fuori (?:sede|ufficio)|assente|afwezig|vakantie|semester|frånvar|fravær|loma|poissa|urlop|nieobecn|dovolen|nepřítom|szabadság|izin|отпуск|отсутств|автоответ|休暇|不在|自動返信|休假|自动回复|自动答复|부재|휴가|thank you for (?:your|contacting)|we (?:have )?received your|(?:ticket|case|request)\b.{0,40}(?:received|created|opened)|eingangsbestätigung|accusé de réception|acuse de recibo|auto:/iu;

export function isAutoReplySubject(subject: string): boolean {
  const text = plain(subject);
  return UNAMBIGUOUS.some((pattern) => pattern.test(text));
}

export function resemblesAutoReplySubject(subject: string): boolean {
  return LIKELY.test(subject.slice(0, 500));
}

/** Without the marks that gateways put before it: `[EXTERNAL] `, `*** SPAM *** `. */
function plain(subject: string): string {
  return subject
    .slice(0, 500)
    .replace(/^\s*(?:\[[^\]]{0,60}\]\s*|\*{2,}[^*]{0,30}\*{2,}\s*)+/, '')
    .replaceAll(/[\u00a0\u2007\u202f]/g, ' ')
    .trim();
}
