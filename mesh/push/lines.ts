/** JSON values over a stream, one a line. */
import type { Socket } from 'node:net';

/** Calls `read` with each value that comes. A line that is no JSON ends the connection: the other side is not what we think. */
export function readLines<Message>(socket: Socket, read: (message: Message) => void): void {
  let held: string[] = [];
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = text.split('\n');
    held.push(lines[0] as string);
    if (lines.length === 1) return;
    lines[0] = held.join('');
    held = [lines.pop() as string];
    for (const line of lines) {
      const message = parse<Message>(line);
      if (!message) return void socket.destroy();
      read(message.value);
    }
  });
}

export function writeLine(socket: Socket, message: unknown): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}

function parse<Message>(line: string): { value: Message } | undefined {
  try {
    return { value: JSON.parse(line) as Message };
  } catch {
    return undefined;
  }
}
