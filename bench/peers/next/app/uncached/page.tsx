// The same page, rendered for each request.
import { connection } from 'next/server';
import { Guestbook } from '../guestbook';

export default async function Page() {
  await connection();
  return <Guestbook />;
}
