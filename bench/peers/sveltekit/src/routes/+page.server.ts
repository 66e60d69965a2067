// What the page reads and writes.
import { fail } from '@sveltejs/kit';
import { add, newest } from '#lib/server/posts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = () => ({ posts: newest() });

export const actions: Actions = {
  default: async ({ request }) => {
    const data = await request.formData();
    const title = String(data.get('title') ?? '');
    const body = String(data.get('body') ?? '');
    const issues: { title?: string; body?: string } = {};
    if (title.length < 1 || title.length > 200) {
      issues.title = 'This has to have 1 to 200 characters.';
    }
    if (body.length < 1 || body.length > 10_000) {
      issues.body = 'This has to have 1 to 10,000 characters.';
    }
    if (issues.title || issues.body) {
      return fail(422, { title, body, issues });
    }
    add(title, body);
  },
};
