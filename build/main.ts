// `npm run build`: makes the package that others install, in dist/package.
import { buildPackage } from './build-package.ts';

const { folder, files, bytes } = await buildPackage();
console.log(`${folder}: ${files} files, ${(bytes / 1e6).toFixed(1)} MB`);
