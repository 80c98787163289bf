// The configuration of Dovecot and Postfix as a mail service with XOAUTH2, all of it in one folder and on 127.0.0.1: Postfix
// takes submissions over TLS and asks Dovecot about them, Dovecot asks the local OAuth server about tokens. What an account
// sends is filed in its Sent, as Gmail does: Postfix sends itself a copy, and Sieve files it.

export interface Places {
  /** Of everything: configuration, sockets, queue and mail. */
  readonly folder: string;
  readonly oauth: string;
  readonly ports: {
    readonly smtps: number;
    readonly imaps: number;
    readonly lmtp: number;
    readonly auth: number;
    readonly pop3s: number;
  };
  readonly certificate: { readonly key: string; readonly cert: string };
  readonly accounts: readonly string[];
  /** Who mail belongs to. */
  readonly user: { readonly name: string; readonly uid: number; readonly gid: number };
}

/** https://doc.dovecot.org/2.3/configuration_manual/authentication/oauth2/ */
export function dovecotFiles({ folder, oauth, ports, certificate, user }: Places): Record<string, string> {
  return {
    'dovecot.conf': `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
auth_debug = no
protocols = imap lmtp pop3
listen = 127.0.0.1
default_internal_user = dovecot
default_login_user = dovenull
ssl = required
ssl_cert = <${certificate.cert}
ssl_key = <${certificate.key}
auth_mechanisms = xoauth2 oauthbearer
auth_failure_delay = 0
mail_location = maildir:${folder}/mail/%u
mail_uid = ${user.uid}
mail_gid = ${user.gid}
first_valid_uid = 1
recipient_delimiter = +
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${folder}/oauth2.conf.ext
}
userdb {
  driver = static
  args = uid=${user.uid} gid=${user.gid} home=${folder}/mail/%u allow_all_users=yes
}
namespace inbox {
  inbox = yes
  mailbox Sent {
    auto = create
    special_use = \\Sent
  }
  mailbox Junk {
    auto = create
    special_use = \\Junk
  }
  mailbox Archive {
    auto = create
  }
  mailbox Trash {
    auto = create
    special_use = \\Trash
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  inet_listener {
    address = 127.0.0.1
    port = ${ports.auth}
  }
}
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = ${ports.imaps}
    ssl = yes
  }
}
service pop3-login {
  inet_listener pop3 {
    port = 0
  }
  inet_listener pop3s {
    address = 127.0.0.1
    port = ${ports.pop3s}
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${ports.lmtp}
  }
}
protocol lmtp {
  mail_plugins = sieve
}
plugin {
  sieve_before = ${folder}/sent.sieve
}
`,
    'oauth2.conf.ext': `
introspection_mode = post
introspection_url = ${oauth}/introspect
username_attribute = email
active_attribute = active
active_value = true
`,
    // RFC 5228, with the envelope and subaddress (RFC 5233) extensions.
    'sent.sieve': `
require ["envelope", "subaddress", "fileinto", "imap4flags"];
if envelope :detail "to" "sent" {
  setflag "\\\\Seen";
  fileinto "Sent";
  stop;
}
`,
  };
}

/** https://www.postfix.org/SASL_README.html */
export function postfixFiles({ folder, ports, certificate, accounts }: Places): Record<string, string> {
  const domains = [...new Set(accounts.map((address) => address.slice(address.indexOf('@') + 1)))];
  return {
    'postfix/main.cf': `
compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/postfix-data
maillog_file = ${folder}/postfix.log
maillog_file_prefixes = ${folder}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.shop.example
mydestination =
alias_maps =
alias_database =
mynetworks =
virtual_mailbox_domains = ${domains.join(', ')}
virtual_mailbox_maps = texthash:${folder}/mailboxes
virtual_transport = lmtp:inet:127.0.0.1:${ports.lmtp}
lmtp_destination_recipient_limit = 1
recipient_delimiter = +
sender_bcc_maps = texthash:${folder}/copies
message_size_limit = 35882577
# An access token has up to 2,048 bytes, and is encoded twice.
line_length_limit = 12288
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:${ports.auth}
smtpd_sasl_security_options = noanonymous
smtpd_tls_cert_file = ${certificate.cert}
smtpd_tls_key_file = ${certificate.key}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = reject_unlisted_recipient, permit_sasl_authenticated, reject
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
`,
    'postfix/master.cf': `
127.0.0.1:${ports.smtps} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
`,
    mailboxes: accounts.map((address) => `${address} there\n`).join(''),
    // Of what comes from an account a copy goes to account+sent, which Sieve files in Sent.
    copies: accounts.map((address) => `${address} ${address.replace('@', '+sent@')}\n`).join(''),
  };
}
