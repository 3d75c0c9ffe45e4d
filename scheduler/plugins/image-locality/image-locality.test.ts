import { expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { aNode, aPod } from '../../testing/build.ts';
import { normalizedImage } from './image-locality.ts';

const MB = 1024 * 1024;
const running = (...images: string[]) => aPod('p', { spec: { containers: images.map((image, i) => ({ name: `c${i}`, image })) } });

it.each([
  ['app', 'app:latest'],
  ['app:v1', 'app:v1'],
  ['registry:5000/app', 'registry:5000/app:latest'],
])('the full name of %s is %s', (image, full) => {
  expect(normalizedImage(image)).toBe(full);
});

it('ImageLocality prefers nodes that have the images, the more the more widespread they are', () => {
  const nodes = [aNode('a', { images: [['app:v1', 1000 * MB]] }), aNode('b', { images: [['small:v1', 10 * MB]] })];
  expect(ask('ImageLocality', { nodes }).scores(running('app:v1'))).toEqual({ a: 48, b: 0 });
  expect(ask('ImageLocality', { nodes }).scores(running('small:v1'))).toEqual({ a: 0, b: 0 });
  expect(ask('ImageLocality', { nodes }).scores(running('app:v1', 'other'))).toEqual({ a: 24, b: 0 });
});
