/** A policy's expressions, compiled once, and how they are run on one request with a common budget. */
import { type Compiled, type Environment, type Expression, REQUEST_LIMIT } from '../../cel/environment.ts';
import { CelError } from '../../cel/fault.ts';
import type { Variables } from '../../cel/run.ts';
import { BOOL, type CelType, type Field, STRING, sameType, typeText } from '../../cel/type.ts';
import { Mapping, type Value } from '../../cel/value.ts';
import type { Named, PolicySpec } from './definition.ts';
import { admissionEnvironment, type Sight } from './environment.ts';

export type Program = { expression: Expression; fault?: undefined } | { expression?: undefined; fault: string };

/** Compiles what must be of one of the types. The fault is in the words of apiserver/pkg/admission/plugin/cel: compile.go. */
export function programOf(environment: Environment, source: string, ...wanted: CelType[]): Program {
  const compiled: Compiled = environment.compile(source);
  if (!compiled.ok) return { fault: compiled.message };
  const { expression } = compiled;
  if (wanted.length === 0 || wanted.some((type) => sameType(type, expression.type))) return { expression };
  const names = wanted.map(typeText);
  const asked = names.length === 1 ? names[0] : `one of [${names.join(' ')}]`;
  return { fault: `must evaluate to ${asked} but got ${typeText(expression.type)}` };
}

export interface VariableProgram {
  name: string;
  program: Program;
}

/** What the expressions of a policy see, in the order in which they may use each other. */
export interface PolicyEnvironment {
  environment: Environment;
  /** Of `messageExpression`, which can't ask the authorizer. */
  messages: Environment;
  variables: VariableProgram[];
}

/** Each variable sees those before it. */
export function policyEnvironment(spec: PolicySpec, structs?: Sight['structs']): PolicyEnvironment {
  const params = spec.paramKind !== undefined;
  const fields = new Map<string, Field>();
  const type: CelType = { name: 'kubernetes.variables', fields };
  const sight: Sight = { params, variables: type, ...(structs ? { structs } : {}) };
  const environment = admissionEnvironment(sight);
  const variables = (spec.variables ?? []).map(({ name = '', expression = '' }: Named) => {
    const program = programOf(environment, expression);
    if (program.expression) fields.set(name, { name, type: program.expression.type });
    return { name, program };
  });
  return { environment, messages: admissionEnvironment({ ...sight, authorizer: false }), variables };
}

export type Answered = { value: Value } | { error: string };

/** One request's evaluations: variables are found once, and all costs come out of one budget. */
export class Session {
  readonly #read: Variables;
  readonly #variables: readonly VariableProgram[];
  readonly #known = new Map<string, Answered>();
  #budget = REQUEST_LIMIT;

  constructor(read: Variables, params: Value | undefined, variables: readonly VariableProgram[]) {
    const composed = new VariableValues(this);
    this.#variables = variables;
    this.#read = (name) => (name === 'variables' ? composed : name === 'params' ? params : read(name));
  }

  run(program: Program): Answered {
    if (!program.expression) return { error: program.fault };
    if (this.#budget <= 0) return { error: OVERRUN };
    const { expression } = program;
    const outcome = expression.run(this.#read);
    this.#budget -= outcome.cost;
    if ('value' in outcome) return this.#budget < 0 ? { error: OVERRUN } : { value: outcome.value };
    return { error: `expression '${expression.source}' resulted in error: ${outcome.error}` };
  }

  /** Throws `CelError` for a variable whose expression fails. */
  variable(name: string): Value | undefined {
    const program = this.#variables.find((one) => one.name === name)?.program;
    if (!program) return undefined;
    let answer = this.#known.get(name);
    if (!answer) {
      answer = this.run(program);
      this.#known.set(name, answer);
    }
    if ('error' in answer) throw new CelError(`composited variable "${name}" fails to evaluate: ${answer.error}`);
    return answer.value;
  }
}

const OVERRUN = 'validation failed due to running out of cost budget, no further validation rules will be run';

class VariableValues extends Mapping {
  readonly #session: Session;
  readonly size = 0;
  constructor(session: Session) {
    super();
    this.#session = session;
  }
  get(key: Value): Value | undefined {
    return typeof key === 'string' ? this.#session.variable(key) : undefined;
  }
  keys(): Iterable<Value> {
    return [];
  }
}

/** Whether all conditions hold; an error where none says no and one fails. */
export function conditionsHold(session: Session, conditions: readonly Program[]): boolean | { error: string } {
  const errors: string[] = [];
  for (const condition of conditions) {
    const answer = session.run(condition);
    if ('error' in answer) errors.push(answer.error);
    else if (answer.value === false) return false;
  }
  if (errors.length === 0) return true;
  return { error: errors.length === 1 ? (errors[0] as string) : `[${errors.join(', ')}]` };
}

export const conditionProgram = (environment: Environment, { expression = '' }: Named) => programOf(environment, expression, BOOL);
export const messageProgram = (environment: Environment, source: string) => programOf(environment, source, STRING);
