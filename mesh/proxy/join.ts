/** Joins two connections: what comes from one goes to the other, each side's end and each side's failure included. */
import type { Socket } from 'node:net';

export function join(a: Socket, b: Socket): void {
  a.pipe(b);
  b.pipe(a);
  follow(a, b);
  follow(b, a);
}

/** `pipe` passes an orderly end on; a connection that is torn down has to be passed on here, after what is still to be written. */
function follow(leader: Socket, follower: Socket): void {
  leader.on('close', () => (leader.readableEnded ? follower.destroySoon() : follower.destroy()));
  leader.on('error', () => follower.destroy());
}
