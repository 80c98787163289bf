// The HTML of the pages that a person sees here. Plain forms without script or assets: they work by keyboard, in light
// and dark, and for authorise.ts, which reads them as a browser would.
import { isSignInScope, mailScope } from './scopes.ts';

export interface ConsentView {
  /** Names the request that the form decides. */
  request: string;
  clientId: string;
  accounts: readonly string[];
  /** The account that is preselected. */
  chosen: string | undefined;
  scopes: readonly string[];
  /** The scopes of which each has a box of its own, and those that are ticked. */
  optional: readonly string[];
  ticked: readonly string[];
  /** Whether it was sent without an account before. */
  lacksAccount: boolean;
}

export function consentPage(view: ConsentView): string {
  const accounts = view.accounts.map((address) => radio(view, address)).join('\n');
  const [described, error] = view.lacksAccount
    ? [' aria-describedby="missing"', '<p id="missing" class="error">Choose the account to continue with.</p>']
    : ['', ''];
  const fixed = view.scopes.filter((scope) => !view.optional.includes(scope));
  return document(
    `${view.lacksAccount ? 'Error: ' : ''}Sign in`,
    `<h1>Sign in with Local Google</h1>
<p>to continue to <strong>${escapeHtml(view.clientId)}</strong></p>
<form method="post" action="/o/oauth2/v2/auth/consent">
<input type="hidden" name="request" value="${escapeHtml(view.request)}">
<fieldset role="radiogroup" aria-required="true" aria-invalid="${view.lacksAccount}"${described}>
<legend>Choose an account</legend>${error}
${accounts}
</fieldset>
<fieldset>
<legend>What it can access</legend>
${fixed.map((scope) => `<p>${describe(scope)}</p>`).join('\n')}
${view.optional.map((scope) => checkbox(view, scope)).join('\n')}
</fieldset>
<p><button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Cancel</button></p>
</form>`,
  );
}

export function blockedPage(status: number, error: string, why: string): string {
  const says = `<p>${escapeHtml(why)}</p><p>Error ${status}: ${escapeHtml(error)}</p>`;
  return document('Access blocked', `<h1>Access blocked: authorisation error</h1>${says}`);
}

function radio({ chosen }: ConsentView, address: string): string {
  const value = escapeHtml(address);
  const checked = address === chosen ? ' checked' : '';
  return `<label><input type="radio" name="account" value="${value}"${checked}> ${value}</label>`;
}

function checkbox({ ticked }: ConsentView, scope: string): string {
  const checked = ticked.includes(scope) ? ' checked' : '';
  return `<label><input type="checkbox" name="scope" value="${escapeHtml(scope)}"${checked}> ${describe(scope)}</label>`;
}

function describe(scope: string): string {
  if (scope === mailScope) return 'Read, compose, send, and permanently delete all your email from Gmail';
  return isSignInScope(scope) ? `Who you are (${escapeHtml(scope)})` : escapeHtml(scope);
}

function document(title: string, main: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - Local Google</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark; background: Canvas; color: CanvasText; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 36rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
fieldset { margin: 1rem 0; }
label { display: block; padding: 0.25rem 0; }
button { font: inherit; padding: 0.5rem 1.5rem; }
:focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
.error { font-weight: bold; color: light-dark(#a00, #f99); }
</style>
</head>
<body><main>${main}</main></body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
