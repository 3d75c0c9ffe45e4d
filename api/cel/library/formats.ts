/** Kubernetes' named formats: `format.dns1123Label().validate(self)` gives what is wrong, or nothing. */
import { dns1035Label, dns1123Label, dns1123Subdomain, labelValue, qualifiedName } from '../../../types/names.ts';
import { type Library, overload, spacedOverload } from '../function.ts';
import { opaque } from '../type.ts';
import { NONE, Opaque, Optional, parseTimestamp, type Value, ValueList } from '../value.ts';

const FORMAT = opaque('kubernetes.NamedFormat');

type Check = (text: string) => string[];

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** As the name of what is created from it: what is added to it makes its end right. */
const prefix =
  (check: Check): Check =>
  (text) =>
    check(text.replace(/-$/, 'a'));

const said =
  (holds: (text: string) => boolean, fault: string): Check =>
  (text) =>
    holds(text) ? [] : [fault];

const CHECKS: Record<string, Check> = {
  dns1123Label,
  dns1123Subdomain,
  dns1035Label,
  qualifiedName,
  labelValue,
  dns1123LabelPrefix: prefix(dns1123Label),
  dns1123SubdomainPrefix: prefix(dns1123Subdomain),
  dns1035LabelPrefix: prefix(dns1035Label),
  uri: said((text) => URL.canParse(text) || text.startsWith('/'), 'invalid URI'),
  uuid: said((text) => UUID.test(text), 'does not match the UUID format'),
  byte: said((text) => BASE64.test(text), 'invalid base64'),
  date: said((text) => /^\d{4}-\d\d-\d\d$/.test(text) && parseTimestamp(text) !== undefined, 'invalid date'),
  datetime: said((text) => /T/i.test(text) && parseTimestamp(text) !== undefined, 'invalid datetime'),
};

const formatOf = (name: string): Value => new Opaque(FORMAT, name);

function validated(name: string, text: string): Value {
  const faults = CHECKS[name]?.(text) ?? [];
  return faults.length > 0 ? new Optional(new ValueList(faults)) : NONE;
}

export const formats = (): Library => [
  ...Object.keys(CHECKS).map((name) => spacedOverload(`format.${name}(): kubernetes.NamedFormat`, () => formatOf(name))),
  spacedOverload('format.named(string): optional_type(kubernetes.NamedFormat)', ([a]) =>
    Object.hasOwn(CHECKS, a as string) ? new Optional(formatOf(a as string)) : NONE,
  ),
  overload('kubernetes.NamedFormat.validate(string): optional_type(list(string))', ([a, b]) =>
    validated((a as Opaque<string>).value, b as string),
  ),
];
