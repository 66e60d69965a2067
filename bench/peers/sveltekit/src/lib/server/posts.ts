// The posts in memory: the newest hundred, as our guestbook keeps them.

const KEPT = 100;

export type Post = { id: number; title: string; body: string };

const posts: Post[] = Array.from({ length: KEPT }, (_, index) => {
  const id = KEPT - index;
  return {
    id,
    title: `Post number ${id}`,
    body: `The text of post ${id}. It was here when the guestbook was opened.`,
  };
});

/** The newest hundred posts, newest first. */
export function newest(): Post[] {
  return posts;
}

/** Adds a post, and drops the oldest when there are too many. */
export function add(title: string, body: string): number {
  const id = posts[0].id + 1;
  posts.unshift({ id, title, body });
  posts.length = KEPT;
  return id;
}
