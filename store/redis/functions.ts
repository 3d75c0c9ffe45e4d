import { createHash } from 'node:crypto';

/**
 * The store's atomic steps, run inside Redis. The names carry a hash of the code, so that processes of two versions of Kumulus can work
 * on one Redis without replacing each other's functions.
 */
const BODY = `
--[[
  write: checks one object's revision, writes it, and appends the change to the log, or does nothing.
  KEYS  1  hash    the resource's objects: key -> "<revision> <value>"
        2  string  the resource's newest revision
        3  stream  the resource's log: ID <revision>-0, fields t (c, u or d), k (key), v (value)
  ARGS  1  the object's key
        2  the revision it must have now; 0: it must not exist
        3  c (create), u (update) or d (delete)
        4  the new value, or for a delete the last state
        5  how many of the newest log entries to keep at least
  Out   integer  the new revision
        string   refused: the object as it is, "<revision> <value>"
        nil      refused: there is no such object
]]
local function write(KEYS, ARGS)
  local current = redis.call('HGET', KEYS[1], ARGS[1])
  local revision = current and string.match(current, '^%d+') or '0'
  if revision ~= ARGS[2] then return current end
  local next = redis.call('INCR', KEYS[2])
  local id = string.format('%.0f', next)
  if ARGS[3] == 'd' then
    redis.call('HDEL', KEYS[1], ARGS[1])
  else
    redis.call('HSET', KEYS[1], ARGS[1], id .. ' ' .. ARGS[4])
  end
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGS[5], id .. '-0', 't', ARGS[3], 'k', ARGS[1], 'v', ARGS[4])
  return next
end

--[[
  claim: takes an item of a pool for an owner.
  KEYS  1  hash  the pool: item -> owner
  ARGS  1  item
        2  owner
  Out   1  it is the owner's now, or was already
        0  it is another's
]]
local function claim(KEYS, ARGS)
  if redis.call('HSETNX', KEYS[1], ARGS[1], ARGS[2]) == 1 then return 1 end
  return redis.call('HGET', KEYS[1], ARGS[1]) == ARGS[2] and 1 or 0
end

--[[
  release: gives an item back.
  KEYS  1  hash  the pool: item -> owner
  ARGS  1  item
        2  owner
  Out   1  given back
        0  it was not the owner's
]]
local function release(KEYS, ARGS)
  if redis.call('HGET', KEYS[1], ARGS[1]) ~= ARGS[2] then return 0 end
  return redis.call('HDEL', KEYS[1], ARGS[1])
end
`;

const version = createHash('sha256').update(BODY).digest('hex').slice(0, 8);
const names = ['write', 'claim', 'release'] as const;
export type FunctionName = (typeof names)[number];

/** The name under which Redis knows a function. */
export const functionName = Object.fromEntries(names.map((name) => [name, `kumulus_${version}_${name}`])) as Record<FunctionName, string>;

/** What FUNCTION LOAD is given. */
export const library = `#!lua name=kumulus_${version}
${BODY}
${names.map((name) => `redis.register_function('${functionName[name]}', ${name})`).join('\n')}
`;
