/**
 * YAML as Kubernetes reads it, which is YAML 1.1 for the most part (sigs.k8s.io/yaml): `y` and `on` are true, 0644 is octal, `<<` merges. But a
 * date stays text, and so does 1:30.
 */
import type { Schema } from 'js-yaml';

type Library = typeof import('js-yaml');

let loaded: Promise<{ library: Library; schema: Schema }> | undefined;

/** The value of the one document in `text`. Rejects with a `YAMLException`. */
export async function parseYaml(text: string): Promise<unknown> {
  loaded ??= import('js-yaml').then((library) => ({ library, schema: schemaOf(library) }));
  const { library, schema } = await loaded;
  return library.load(text, { schema });
}

function schemaOf(library: Library): Schema {
  const { CORE_SCHEMA, boolYaml11Tag, intCoreTag, intYaml11Tag, mergeTag } = library;
  const integers: typeof intYaml11Tag = {
    ...intYaml11Tag,
    resolve: (source, ...rest) => {
      if (source.includes(':')) return library.NOT_RESOLVED;
      return (source.startsWith('0o') ? intCoreTag : intYaml11Tag).resolve(source, ...rest);
    },
  };
  return CORE_SCHEMA.withTags(boolYaml11Tag, integers, mergeTag);
}
