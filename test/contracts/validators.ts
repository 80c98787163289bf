// The committed JSON Schemas as another implementation reads them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { CONTRACTS, fileNameOf, SCHEMAS } from '../../contracts/contracts.ts';

export type ContractName = (typeof CONTRACTS)[number]['name'];

const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
for (const { name } of CONTRACTS) ajv.addSchema(readSchema(name), name);

/** Says undefined where the schema takes it, or why not. */
export function refusalBySchema(name: ContractName, value: unknown): string | undefined {
  return ajv.validate(name, value) ? undefined : ajv.errorsText();
}

export function readSchema(name: ContractName, folder = SCHEMAS): object {
  return JSON.parse(readFileSync(join(folder, fileNameOf({ name })), 'utf8'));
}
