// Rendered for each request, as the pages of the other guestbooks are.
import { connection } from 'next/server';
import { Guestbook } from './guestbook';

export default async function Page() {
  await connection();
  return <Guestbook />;
}
