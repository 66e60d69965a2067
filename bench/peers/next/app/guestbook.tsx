import { NewPostForm } from './form';
import { newest } from './posts';

export function Guestbook() {
  return (
    <main>
      <h1>Guestbook</h1>
      <NewPostForm />
      <ul id="posts">
        {newest().map((post) => (
          <li key={post.id} data-id={post.id}>
            <h2 className="post-title">{post.title}</h2>
            <p className="post-body">{post.body}</p>
          </li>
        ))}
      </ul>
    </main>
  );
}
