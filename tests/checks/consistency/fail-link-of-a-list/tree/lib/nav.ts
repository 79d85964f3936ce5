export const SECTIONS = [
  { title: 'Us', items: [{ href: '/about', label: 'About' }, { href: '/jobs', label: 'Jobs' }] },
  { title: 'Elsewhere', items: [{ href: 'https://example.com/blog', label: 'Blog' }] },
];
