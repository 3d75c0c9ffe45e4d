/** What the person at the terminal sees: calm, and what to do next. Everything else is in the logs. */

export interface ReadyFacts {
  seconds: number;
  server: string;
  kubeconfig: string;
  /** As it should be typed: relative where that is shorter. */
  logs: string;
  parts: string[];
  nodes: number | undefined;
}

/** `kumulus is ready in 0.8 s: https://127.0.0.1:6443, 10 machines` */
export function readyLine(facts: ReadyFacts): string {
  const machines = facts.nodes === undefined ? '' : `, ${facts.nodes} ${facts.nodes === 1 ? 'machine' : 'machines'}`;
  return `kumulus is ready in ${facts.seconds.toFixed(1)} s: ${facts.server}${machines} (${facts.parts.join(', ')})`;
}

export function nextSteps(facts: ReadyFacts): string {
  return [
    '',
    `  export KUBECONFIG=${facts.kubeconfig}`,
    '  kubectl get nodes',
    '  kubectl apply -f examples/shop/',
    '',
    `  logs: ${facts.logs}    end: Ctrl-C or kumulus down`,
    '',
  ].join('\n');
}

export const diedLine = (part: string, how: string) => `kumulus: ${part} ended (${how}), starting it again`;
export const healedLine = (part: string) => `kumulus: ${part} is back`;
