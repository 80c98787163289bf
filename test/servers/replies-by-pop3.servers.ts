import { runDovecotBurst } from './dovecot-replies.ts';

runDovecotBurst('Dovecot by POP3', 'pop3');
