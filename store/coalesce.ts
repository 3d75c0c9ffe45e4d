/**
 * Makes one asked question serve all who wait for its answer, without ever answering with something older than the call: who calls while
 * a question is under way waits for the next one, because the one under way may have been answered already.
 */
export function coalesce<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  let next: Promise<T> | undefined;

  const start = (): Promise<T> => {
    next = undefined;
    const answer = ask();
    const done = () => {
      if (asked === answer) asked = undefined;
    };
    asked = answer;
    answer.then(done, done);
    return answer;
  };

  return () => {
    if (next) return next;
    if (!asked) return start();
    next = asked.then(start, start);
    return next;
  };
}
