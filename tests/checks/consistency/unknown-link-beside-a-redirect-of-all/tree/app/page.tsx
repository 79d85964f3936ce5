import Link from 'next/link';

export default function Page() {
  return <p><Link href="/old">Old</Link> <Link href="/terms">Terms</Link></p>;
}
