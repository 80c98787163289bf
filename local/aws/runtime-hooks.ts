// Preloaded into a function's process: gives aws-lambda-ric the stand-in where it asks for its native part.
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier !== './rapid-client.node') return nextResolve(specifier, context);
    return { url: new URL('./rapid-client.ts', import.meta.url).href, format: 'module-typescript', shortCircuit: true };
  },
});
