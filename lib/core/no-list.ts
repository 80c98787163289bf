// Objects of which every field may be missing.
import * as v from 'valibot';

type AnySchema = v.GenericSchema<unknown, unknown>;

const NoListSchema = v.never('must be an object, and is a list');

/** An array is an object to JavaScript: it would be read as one without fields, or with the fields 0, 1 and so on. */
export function noList<S extends AnySchema>(schema: S): v.LazySchema<S | typeof NoListSchema> {
  return v.lazy<S | typeof NoListSchema>((given) => (Array.isArray(given) ? NoListSchema : schema));
}
