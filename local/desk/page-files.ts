// The page itself: built from page/ when the desk opens, so that there is nothing to build before.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Answer } from './answer.ts';

const PAGE = fileURLToPath(new URL('./page/', import.meta.url));

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/** By path. */
export async function readPage(): Promise<Readonly<Record<string, Answer>>> {
  const [html, css, script] = await Promise.all([
    readFile(`${PAGE}index.html`, 'utf8'),
    readFile(`${PAGE}desk.css`, 'utf8'),
    buildScript(),
  ]);
  return {
    '/': { type: 'text/html', body: html, headers: { 'content-security-policy': POLICY } },
    '/desk.css': { type: 'text/css', body: css },
    '/desk.js': { type: 'text/javascript', body: script },
  };
}

async function buildScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${PAGE}main.ts`],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}
