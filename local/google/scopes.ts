// Which scopes only tell who someone is, and which open a mailbox: Google treats them differently on the consent page,
// in Testing, and when a password changes.

export const mailScope = 'https://mail.google.com/';

const profile = 'https://www.googleapis.com/auth/userinfo.';
const signInScopes = new Set(['openid', 'email', 'profile', `${profile}email`, `${profile}profile`]);

export function isSignInScope(scope: string): boolean {
  return signInScopes.has(scope);
}

export function isGmailScope(scope: string): boolean {
  return scope === mailScope || scope.startsWith('https://www.googleapis.com/auth/gmail.');
}
