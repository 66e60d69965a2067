// What a form may do.
'use server';

import { revalidatePath } from 'next/cache';
import { add } from './posts';

export type Outcome = {
  /** What was entered, when it could not be posted. */
  title?: string;
  body?: string;
  issues: { title?: string; body?: string };
};

/** Adds a post. */
export async function addPost(_before: Outcome, data: FormData): Promise<Outcome> {
  const title = String(data.get('title') ?? '');
  const body = String(data.get('body') ?? '');
  const issues: Outcome['issues'] = {};
  if (title.length < 1 || title.length > 200) {
    issues.title = 'This has to have 1 to 200 characters.';
  }
  if (body.length < 1 || body.length > 10_000) {
    issues.body = 'This has to have 1 to 10,000 characters.';
  }
  if (issues.title || issues.body) {
    return { title, body, issues };
  }
  add(title, body);
  revalidatePath('/', 'layout');
  return { issues };
}
