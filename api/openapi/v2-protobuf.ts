/** The v2 document as older clients ask for it: the protobuf form of Swagger (github.com/google/gnostic: openapiv2/OpenAPIv2.proto). */
import { ProtoWriter } from '../protobuf/writer.ts';
import type { Doc } from './definitions.ts';

const METHODS: Record<string, number> = { get: 2, put: 3, post: 4, delete: 5, patch: 8 };

export function encodeSwagger(document: Doc): Buffer {
  const info = document.info as { title: string; version: string };
  const paths = new ProtoWriter();
  for (const [path, item] of Object.entries(document.paths as Record<string, Doc>)) {
    paths.message(2, new ProtoWriter().text(1, path).message(2, pathItem(item)));
  }
  const definitions = new ProtoWriter();
  for (const [name, node] of Object.entries(document.definitions as Record<string, Doc>)) definitions.message(1, named(name, schema(node)));
  return new ProtoWriter()
    .text(1, document.swagger as string)
    .message(2, new ProtoWriter().text(1, info.title).text(2, info.version))
    .message(8, paths)
    .message(9, definitions)
    .finish();
}

const named = (name: string, value: ProtoWriter) => new ProtoWriter().text(1, name).message(2, value);

/** Any: as YAML, of which JSON is a part. */
const any = (value: unknown) => new ProtoWriter().text(2, JSON.stringify(value));

function extensions(into: ProtoWriter, number: number, node: Doc): void {
  for (const [key, value] of Object.entries(node)) if (key.startsWith('x-')) into.message(number, named(key, any(value)));
}

function pathItem(item: Doc): ProtoWriter {
  const out = new ProtoWriter();
  for (const [method, value] of Object.entries(item)) if (METHODS[method]) out.message(METHODS[method], operation(value as Doc));
  return out;
}

function operation(node: Doc): ProtoWriter {
  const out = new ProtoWriter()
    .text(5, node.operationId as string)
    .texts(6, node.produces as string[])
    .texts(7, node.consumes as string[]);
  for (const one of node.parameters as Doc[]) out.message(8, new ProtoWriter().message(1, parameter(one)));
  const responses = new ProtoWriter();
  for (const [code, response] of Object.entries(node.responses as Record<string, Doc>)) {
    responses.message(1, named(code, new ProtoWriter().message(1, new ProtoWriter().text(1, response.description as string))));
  }
  out.message(9, responses).texts(10, node.schemes as string[]);
  extensions(out, 13, node);
  return out;
}

function parameter(node: Doc): ProtoWriter {
  const { name, in: where, required, type } = node as { name: string; in: string; required?: boolean; type?: string };
  if (where === 'body') {
    const body = new ProtoWriter()
      .text(2, name)
      .text(3, where)
      .flag(4, required)
      .message(5, schema(node.schema as Doc));
    return new ProtoWriter().message(1, body);
  }
  const inQuery = where === 'query';
  const own = new ProtoWriter()
    .flag(1, required)
    .text(2, where)
    .text(4, name)
    .text(inQuery ? 6 : 5, type);
  return new ProtoWriter().message(2, new ProtoWriter().message(inQuery ? 3 : 4, own));
}

function schema(node: Doc): ProtoWriter {
  const out = new ProtoWriter()
    .text(1, node.$ref as string)
    .text(2, node.format as string)
    .text(4, node.description as string)
    .texts(19, node.required as string[]);
  for (const value of (node.enum ?? []) as unknown[]) out.message(20, any(value));
  const more = node.additionalProperties;
  if (typeof more === 'boolean') out.message(21, new ProtoWriter().flag(2, more));
  else if (more) out.message(21, new ProtoWriter().message(1, schema(more as Doc)));
  if (node.type) out.message(22, new ProtoWriter().texts(1, [node.type as string]));
  if (node.items) out.message(23, new ProtoWriter().message(1, schema(node.items as Doc)));
  for (const part of (node.allOf ?? []) as Doc[]) out.message(24, schema(part));
  if (node.properties) {
    const properties = new ProtoWriter();
    for (const [name, value] of Object.entries(node.properties as Record<string, Doc>)) properties.message(1, named(name, schema(value)));
    out.message(25, properties);
  }
  extensions(out, 31, node);
  return out;
}
