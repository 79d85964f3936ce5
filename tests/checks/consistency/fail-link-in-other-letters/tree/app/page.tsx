import Link from "next/link";
export default () => (
  <nav>
    <Link href="/privacy">Privacy</Link>
    <Link href="/terms">Terms</Link>
    <Link href="/Imprint">Imprint</Link>
  </nav>
);
