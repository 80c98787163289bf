import { runDovecotBurst } from './dovecot-replies.ts';

runDovecotBurst('Dovecot', 'imap');
