// Rendered when it is built and whenever an action has revalidated it, as is Next's default.
import { Guestbook } from './guestbook';

export default function Page() {
  return <Guestbook />;
}
