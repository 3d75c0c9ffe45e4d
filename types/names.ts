/**
 * Which names, labels and ports are well formed, worded as k8s.io/apimachinery/pkg/util/validation words it. Each function returns what is
 * wrong, and nothing when all is well.
 */

type Check = (value: string) => string[];

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const DNS_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const QUALIFIED_MESSAGE = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

const whole = (pattern: string) => new RegExp(`^${pattern}$`);
const labelPattern = whole(LABEL);
const subdomainPattern = whole(SUBDOMAIN);
const dns1035Pattern = whole(DNS_1035);
const qualifiedPattern = whole(QUALIFIED);
const labelValuePattern = whole(`(${QUALIFIED})?`);

export function regexError(message: string, pattern: string, ...examples: string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${pattern}')`;
  return `${message} (e.g. ${examples.map((e) => `'${e}', `).join(' or ')}regex used for validation is '${pattern}')`;
}

export const tooLongError = (length: number) => `must be no more than ${length} characters`;
/** Since 1.36 labels are counted in bytes, and say so. */
const tooManyBytes = (length: number) => `must be no more than ${length} bytes`;
export const rangeError = (low: number, high: number) => `must be between ${low} and ${high}, inclusive`;

const SUBDOMAIN_ERROR = regexError(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  SUBDOMAIN,
  'example.com',
);

export const dns1123Label: Check = (value) => {
  const faults = value.length > 63 ? [tooLongError(63)] : [];
  if (labelPattern.test(value)) return faults;
  if (subdomainPattern.test(value)) return [...faults, 'must not contain dots'];
  const text =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return [...faults, regexError(text, LABEL, 'my-name', '123-abc')];
};

export const dns1123Subdomain: Check = (value) => {
  const faults = value.length > 253 ? [tooLongError(253)] : [];
  return subdomainPattern.test(value) ? faults : [...faults, SUBDOMAIN_ERROR];
};

export const dns1035Label: Check = (value) => {
  const faults = value.length > 63 ? [tooLongError(63)] : [];
  if (dns1035Pattern.test(value)) return faults;
  const text =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
  return [...faults, regexError(text, DNS_1035, 'my-name', 'abc-123')];
};

export const wildcardDns1123Subdomain: Check = (value) => {
  const pattern = `\\*\\.${SUBDOMAIN}`;
  const faults = value.length > 253 ? [tooLongError(253)] : [];
  if (whole(pattern).test(value)) return faults;
  const text =
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
  return [...faults, regexError(text, pattern, '*.example.com')];
};

/** Names that become one segment of a path: RBAC's, for one (path.IsValidPathSegmentName). */
export const pathSegment: Check = (value) => {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter((c) => value.includes(c)).map((c) => `may not contain '${c}'`);
};

/** Label keys, annotation keys, taints, finalizers: `name` or `prefix/name`. */
export const qualifiedName: Check = (value) => {
  const parts = value.split('/');
  const regex = regexError(QUALIFIED_MESSAGE, QUALIFIED, 'MyName', 'my.name', '123-abc');
  if (parts.length > 2) {
    return [`a valid label key ${regex} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const name = parts.at(-1) ?? '';
  const faults: string[] = [];
  if (parts.length === 2) {
    if (parts[0] === '') faults.push('prefix part must be non-empty');
    else faults.push(...dns1123Subdomain(parts[0] ?? '').map((m) => `prefix part ${m}`));
  }
  if (name === '') faults.push('name part must be non-empty');
  else if (name.length > 63) faults.push(`name part ${tooManyBytes(63)}`);
  if (!qualifiedPattern.test(name)) faults.push(`name part ${regex}`);
  return faults;
};

export const labelValue: Check = (value) => {
  const faults = value.length > 63 ? [tooManyBytes(63)] : [];
  if (labelValuePattern.test(value)) return faults;
  const text =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  return [...faults, regexError(text, `(${QUALIFIED})?`, 'MyValue', 'my_value', '12345')];
};

export const portName: Check = (value) => {
  const faults: string[] = [];
  if (value.length > 15) faults.push(tooLongError(15));
  if (!/^[-a-z0-9]+$/.test(value)) faults.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) faults.push('must contain at least one letter (a-z)');
  if (value.includes('--')) faults.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) faults.push('must not begin or end with a hyphen');
  return faults;
};

export const portNumber = (value: number): string[] => (value >= 1 && value <= 65535 ? [] : [rangeError(1, 65535)]);

/** Environment variables since 1.34: any printable ASCII but '='. */
export const envVarName: Check = (value) => {
  if (value === '') return ['environment variable name must be non-empty'];
  if (/^[ -<>-~]+$/.test(value)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
};

/** Keys of ConfigMaps and Secrets. */
export const configMapKey: Check = (value) => {
  const faults = value.length > 253 ? [tooLongError(253)] : [];
  if (!/^[-._a-zA-Z0-9]+$/.test(value)) {
    const text = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
    faults.push(regexError(text, '[-._a-zA-Z0-9]+', 'key.name', 'KEY_NAME', 'key-name'));
  }
  if (value === '.') faults.push("must not be '.'");
  else if (value === '..') faults.push("must not be '..'");
  else if (value.startsWith('..')) faults.push("must not start with '..'");
  return faults;
};

export const httpHeaderName: Check = (value) => {
  if (/^[-A-Za-z0-9]+$/.test(value)) return [];
  return [regexError("a valid HTTP header must consist of alphanumeric characters or '-'", '[-A-Za-z0-9]+', 'X-Header-Name')];
};

export const cIdentifier: Check = (value) => {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(value)) return [];
  const text = "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'";
  return [regexError(text, '[A-Za-z_][A-Za-z0-9_]*', 'my_name', 'MY_NAME', 'MyName')];
};
