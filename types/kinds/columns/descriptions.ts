/** A sentence of our own for the columns that clients show help for; the rest have none. */
const DESCRIPTIONS: Record<string, string> = {
  Name: 'The name of the object, unique in its namespace',
  Age: 'How long ago the object was created',
  'Created At': 'When the object was created',
  Ready: 'How many are ready, of how many',
  Status: 'The state the object is in',
  Restarts: 'How many times its containers were restarted, and when last',
};

export function describeColumn(name: string): string {
  return DESCRIPTIONS[name] ?? '';
}
