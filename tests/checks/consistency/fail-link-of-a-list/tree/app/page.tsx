import Link from 'next/link';
import { SECTIONS } from '../lib/nav';

const LINKS = [
  { href: '/terms', label: 'Terms' },
  { href: '/about', label: 'About' },
  { href: '/orders', label: 'Orders', disabled: true },
];

export default function Page() {
  return (
    <nav>
      {LINKS.map((item) => (
        <Link key={item.href} href={item.href}>{item.label}</Link>
      ))}
      {SECTIONS.map(({ title, items }) => (
        <ul key={title}>{items.map(({ href, label }) => <a key={href} href={href}>{label}</a>)}</ul>
      ))}
    </nav>
  );
}
