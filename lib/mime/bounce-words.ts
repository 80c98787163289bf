// How mail servers say in prose that a mail did not arrive. Words alone make no bounce: a person quotes them too.

/** Subjects of failure notices. */
const SUBJECTS = [
  /^(?:mail )?(?:delivery|message) (?:has )?(?:status|fail|failed|failure|problem|error|report|delay|delayed|incomplete)/i,
  /^(?:delivery )?(?:failure|status|delayed|problem|delay)[ -]?(?:notice|notification|report)\b/i,
  /^(?:warning: )?(?:message|mail|e-?mail)[^:]{0,40}(?:delayed|undeliverable|not delivered|could not be (?:sent|delivered))/i,
  /^(?:undeliver(?:able|ed)|non[- ]?delivery|returned (?:mail|to sender)|returning message|failed mail|failure notice|unable to deliver|mail system error|nondeliverable|not delivered|could not deliver|delivery to .{1,200} (?:failed|delayed))/i,
  /^mail (?:could not be|delivery|returned|server|system)[^:]{0,60}(?:delivered|fail|deliver|error|warning|returned)/i,
  /^(?:unzustellbar|nicht zustellbar|nicht zugestellt|zustell(?:ung|fehler|status)|fehler bei der (?:zustellung|nachrichtenzustellung)|unzustellbarkeit|benachrichtigung (?:über|zum)[^:]{0,20} (?:zustell|übermittlungs))/iu,
  /^(?:non remis|non distribu|échec|echec|(?:message )?non délivr|rapport de non-remise|avis de non|notification d'état de remise|courrier non)/iu,
  /^(?:no se puede entregar|no entregado|no se ha podido entregar|error (?:al|en la) entreg|entrega fallida|fallo (?:en|de) (?:la )?entrega|devuelto|correo devuelto|notificación de (?:estado de )?entrega)/iu,
  /^(?:não é possível entregar|não entregue|falha na entrega|mensagem não entregue|erro na entrega|devolvido|notificação de (?:status|estado) de entrega)/iu,
  /^(?:non recapitabile|mancata consegna|impossibile (?:consegnare|recapitare)|messaggio non recapitato|errore di consegna|notifica (?:di )?(?:mancat|stato))/iu,
  /^(?:onbestelbaar|niet (?:af)?geleverd|niet bezorgd|kan niet worden bezorgd|bezorging mislukt|aflevering mislukt)/iu,
  /^(?:kan inte levereras|olevererbart|ej levererat|leveransfel|kan ikke leveres|kunne ikke leveres|ikke levert|ikke leveret|ei voi toimittaa|ei voida toimittaa)/iu,
  /^(?:nie można dostarczyć|niedostarczalne|niedostarczona|nedoručitelné|nedoručiteľné|nelze doručit|nem kézbesíthető|kézbesíthetetlen|teslim edilemedi|iletilemedi)/iu,
  /(?:недоставлен|не доставлен|не удается доставить|не удалось доставить|невозможно доставить|сообщение не доставлено|возвращ)/iu,
  /(?:未送達|メールエラー|エラー通知|送信エラー|配信不能|配信できません|配信不可|配信エラー|送信できません|无法投递|無法投遞|无法送达|退信|未送达|未能送达|投递失败|系统退信|전달되지 않음|반송|배달 실패|לא ניתן למסירה|تعذر (?:ال)?تسليم|فشل (?:ال)?تسليم)/u,
];

/** Of the text of a notice, near its beginning. */
const PHRASES = [
  /this is the (?:qmail-send program|mail (?:delivery )?system|postfix)|this is an automatically generated delivery status|this message was created automatically by (?:the )?mail|mail delivery software/i,
  /(?:could|can|was|were|has|have|did)(?:n['’]t| ?not)(?: yet)? (?:be |been |reach|able )?\s{0,3}(?:to )?(?:deliver|sent|reach|be delivered|be sent|(?:some|all|one|any))/i,
  /(?:undeliverable|unable to deliver|delivery (?:has )?fail|delivery to the following|failed to deliver|failed permanently|not delivered|permanent(?:ly)? (?:fatal )?(?:error|fail)|(?:address|recipient|user|account|mailbox|domain)s?(?: \S{1,100})? (?:was |were |is |are |could )?(?:not (?:be )?(?:found|exist|listed|known)|rejected|unknown|couldn['’]t be found)|does(?:n['’]t| not) exist|no such (?:user|address|recipient|mailbox)|user unknown|unknown user|returned to sender|had permanent|delivery (?:problem|error)|undelivered)/i,
  /(?:delivery|message|mail)[^.\n]{0,80}(?:delayed|will be retried|still being|not yet been|will (?:continue|keep) (?:to )?try)/i,
  /nicht (?:an [^.\n]{0,100} )?(?:zugestellt|zustellbar|übermittelt|gefunden|ausgeliefert|erreicht)|zustellung[^.\n]{0,100}(?:fehlgeschlagen|nicht möglich|gescheitert)|unzustellbar|empfänger[^.\n]{0,60}(?:unbekannt|existiert nicht)/iu,
  /(?:n['’]a pas pu|n['’]a pas été|n['’]ont pas (?:pu|reçu)|impossible de|échec de la (?:remise|livraison|distribution)|ne peut être)[^.\n]{0,80}(?:remis|livr|délivr|distribu|achemin|transmis|destinataire|groupes|être)?/iu,
  /no (?:se )?(?:ha |pudo |puede |ha podido |pudo ser )?(?:sido )?(?:podido )?(?:ser )?(?:entreg|ser entreg)|error en la entrega|no (?:pôde|foi possível|foi)|não (?:pôde|foi possível|foi|pode) (?:ser )?(?:entreg)|falha na entrega|no existe|não existe|usuario desconocido/iu,
  /non (?:è stato possibile|può essere|è stat[oa]|ha potuto) (?:recapit|consegn)|recapito (?:non riuscito|fallito)|consegna fallita|kon niet worden (?:afgeleverd|bezorgd)|niet (?:worden )?(?:af)?(?:geleverd|bezorgd)|bezorging[^.\n]{0,60}mislukt|inte (?:levereras|nå)|ikke (?:leveres|leveret|levert)|leveransen[^.\n]{0,60}misslyck|nie (?:została|można|mogła)[^.\n]{0,40}dostarcz|nelze doručit|nebyla doručena|teslim edileme|iletileme|nem (?:sikerült|lehet) kézbesít/iu,
  /не (?:может быть |удалось |было |была |удаётся |удается )?(?:доставл|доставить)|не существует|недоставлен|пользовател[ья][^.\n]{0,30}не найден/iu,
  /配信(?:でき|されません|不能|に失敗)|送信できません|届けられません|届きません|存在しません|无法(?:投递|送达|发送|传递)|未能(?:投递|送达)|投递失败|不存在|退回|無法(?:投遞|送達|傳遞)|배달(?:되지|할 수)|전달되지|לא נמסרה|تعذر/u,
];

const DELAYS =
  /\bdelay(?:ed)?\b|still (?:being )?(?:retried|trying)|not (?:yet )?been delivered (?:to|after)|has not yet been|will be retried|will (?:continue|keep) (?:to )?(?:try|retry)|no action is required|do(?:es)? not need to resend|need not resend|temporary problem|temporarily|verzögert|noch nicht zugestellt|retard[ée]|différée|retrasad|demorad|atrasad|ritard|vertraagd|försenad|forsinket|opóźni|zpožd|задерж|отложен|延迟|遅延/iu;

/** Where a notice says that the mail is given up, it is no delay whatever else it says. */
const GIVEN_UP =
  /permanent|giving up|given up|fatal|5\d\d[ -]#?5\.|will not be retried|no further attempts|could not be delivered for|undeliverable|failed permanently|retry time(?:out)? (?:not reached|exceeded)|aufgegeben|endgültig/i;

export function hasBounceSubject(subject: string | undefined): boolean {
  const text = (subject ?? '')
    .slice(0, 500)
    .replace(/^\s*(?:\[[^\]]{0,60}\]\s*|\*+\s*)+/, '')
    .trim();
  return SUBJECTS.some((pattern) => pattern.test(text));
}

export function saysUndelivered(text: string): boolean {
  return PHRASES.some((pattern) => pattern.test(text));
}

/** Whether a notice is a warning only: delivery goes on. */
export function saysDelayed(subject: string, lead: string): boolean {
  if (/\bdelay|warning|verzögert|retard|demor|retras|задерж|延迟|遅延|ritard|vertraag|försen|forsink/iu.test(subject))
    return true;
  return DELAYS.test(lead) && !GIVEN_UP.test(lead);
}
