/** Kinds that are served in two forms but stored in one. A kind whose served form is the stored one, but for its apiVersion, needs none. */
import type { AnyObject } from '../../types/wire.ts';

export interface Conversion {
  /** From the stored form to the served one. May change and return what it is given. */
  fromStored(object: AnyObject): AnyObject;
  /** From the served form to the stored one. May change and return what it is given. */
  toStored(object: AnyObject): AnyObject;
}
