// `npm run schemas`: writes the JSON Schemas of the contracts into schemas/.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTRACTS, fileNameOf, SCHEMAS, textOf } from './contracts.ts';

mkdirSync(SCHEMAS, { recursive: true });
for (const contract of CONTRACTS) {
  writeFileSync(join(SCHEMAS, fileNameOf(contract)), textOf(contract));
  console.log(`schemas/${fileNameOf(contract)}`);
}
