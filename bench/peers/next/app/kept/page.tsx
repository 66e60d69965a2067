// The same page as Next keeps it by default: rendered when it is built, and whenever an action has revalidated it.
import { Guestbook } from '../guestbook';

export default function Page() {
  return <Guestbook />;
}
