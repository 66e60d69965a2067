import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import './main.css';

export const metadata: Metadata = { title: 'Guestbook', icons: { icon: 'data:,' } };

export const viewport: Viewport = { colorScheme: 'light dark' };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
