// Preloaded into a function's process: gives aws-lambda-ric the stand-in where it asks for its native part.
// Plain JavaScript, as the stand-in is: to strip types would take each of the many processes longer than to start.
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier !== './rapid-client.node') return nextResolve(specifier, context);
    return { url: new URL('./rapid-client.mjs', import.meta.url).href, format: 'module', shortCircuit: true };
  },
});
