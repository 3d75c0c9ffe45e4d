/** Prefers nodes that already have the pod's images, the larger and the more widespread the more. */
import type { Cluster } from '../../cache/cluster.ts';
import type { Plugin } from '../../framework/plugin.ts';

const MB = 1024 * 1024;
/** Less than this many bytes are not worth a preference; so many a container make it as strong as it gets. */
const LEAST = 23 * MB;
const MOST_OF_A_CONTAINER = 1000 * MB;

/** The name as nodes report it: `latest` is implied. */
export function normalizedImage(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
}

export function imageLocality(): Plugin {
  const known = (images: readonly string[], cluster: Cluster) =>
    images.map(normalizedImage).flatMap((name) => {
      const image = cluster.images.get(name);
      return image ? [{ name, ...image }] : [];
    });
  return {
    name: 'ImageLocality',
    shape: ({ images }) => images.join(' '),
    // How widespread an image is depends on the other nodes; only of images that are anywhere.
    epoch: ({ images }, cluster) =>
      images.some((image) => cluster.images.get(normalizedImage(image))) ? cluster.images.version * 65_536 + cluster.nodes.count : 0,
    prepareScore: ({ podClass: { images } }, cluster) => ({
      raw: (slot) => {
        const there = cluster.nodes.at[slot]?.images;
        if (!there || there.size === 0) return 0;
        let sum = 0;
        for (const image of known(images, cluster)) {
          if (there.has(image.name)) sum += Math.floor(image.size * (image.nodes / cluster.nodes.count));
        }
        const most = MOST_OF_A_CONTAINER * images.length;
        return Math.floor((100 * (Math.min(Math.max(sum, LEAST), most) - LEAST)) / (most - LEAST));
      },
    }),
  };
}
