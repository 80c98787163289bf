// Items as time would leave them.

/** A `#reading` item, with all its times that much earlier. */
export function earlier(item: Record<string, unknown>, ms: number): Record<string, unknown> {
  const move = (name: string, value: unknown): unknown => {
    if (typeof value === 'number' && /^(?:at|readAt|completeAt|since|leaseUntil|holdUntil)$/.test(name))
      return value - ms;
    if (Array.isArray(value)) return value.map((each) => move('', each));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, move(key, each)]));
  };
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, move(name, value)]));
}
