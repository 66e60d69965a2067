'use client';

import { useActionState } from 'react';
import { addPost } from './actions';

export function NewPostForm() {
  const [outcome, action, pending] = useActionState(addPost, { issues: {} });
  const { issues } = outcome;
  return (
    <form id="post" action={action} noValidate>
      <label htmlFor="title">Title</label>
      <input type="text" id="title" name="title" defaultValue={outcome.title} aria-invalid={issues.title ? true : undefined} />
      {issues.title && <p className="issue">{issues.title}</p>}
      <label htmlFor="body">Text</label>
      <textarea rows={4} id="body" name="body" defaultValue={outcome.body} aria-invalid={issues.body ? true : undefined} />
      {issues.body && <p className="issue">{issues.body}</p>}
      <button disabled={pending}>{pending ? 'Posting…' : 'Post'}</button>
    </form>
  );
}
